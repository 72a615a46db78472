"""Finds systems and rules by walking packages: there is no list of them anywhere (floor 6)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

from kubelint.catalogue import BUILTIN_PACK, families, family_entries

if TYPE_CHECKING:
    from kubelint.rule import Rule
    from kubelint.system import System

__all__ = ["BUILTIN_PACK", "ENTRY_POINTS", "families", "family_rules", "packs", "rules", "systems"]

ENTRY_POINTS = "kubelint.rules"


@cache
def systems() -> tuple[System, ...]:
    """Return one instance of every system, in the order in which they are asked."""
    import kubelint.systems

    found: list[System] = []
    for info in pkgutil.iter_modules(kubelint.systems.__path__):
        if info.ispkg:
            module = importlib.import_module(f"kubelint.systems.{info.name}")
            system: System = module.SYSTEM
            found.append(system)
    return tuple(sorted(found, key=lambda system: (system.order, system.name)))


@cache
def family_rules(family: str, pack: str = BUILTIN_PACK) -> tuple[type[Rule[Any]], ...]:
    """Return the rule classes of one family, in the order of their ids; imports them all."""
    return tuple(entry.load() for entry in family_entries(family, pack))


def rules(packs: Iterable[str] = (BUILTIN_PACK,)) -> tuple[type[Rule[Any]], ...]:
    """Return all rule classes of the packs; :mod:`kubelint.catalogue` tells of them without importing them."""
    return tuple(rule for pack in packs for family in families(pack) for rule in family_rules(family, pack))


def packs(names: Iterable[str]) -> tuple[str, ...]:
    """Return the packages of the rule packs that the user names, the built-in one first.

    Packs register under the entry-point group ``kubelint.rules``. Raises LookupError for a name that is not installed.
    """
    wanted = list(names)
    if not wanted:
        return (BUILTIN_PACK,)
    from importlib.metadata import entry_points

    known = {point.name: point.value for point in entry_points(group=ENTRY_POINTS)}
    missing = [name for name in wanted if name not in known]
    if missing:
        raise LookupError(f"no rule pack `{missing[0]}` is installed; installed: {', '.join(sorted(known))}")
    return (BUILTIN_PACK, *(known[name] for name in wanted if known[name] != BUILTIN_PACK))
