"""Finds systems and rules by walking packages: there is no list of them anywhere (floor 6)."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

from kubelint.rule import Rule
from kubelint.system import System

BUILTIN_PACK = "kubelint_rules"
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
def families(pack: str = BUILTIN_PACK) -> tuple[str, ...]:
    """Return the families (sub-packages) of a rule pack."""
    module = importlib.import_module(pack)
    return tuple(sorted(info.name for info in pkgutil.iter_modules(module.__path__) if info.ispkg))


@cache
def family_rules(family: str, pack: str = BUILTIN_PACK) -> tuple[type[Rule[Any]], ...]:
    """Return the rule classes of one family, one for each module, in the order of their ids."""
    package = importlib.import_module(f"{pack}.{family}")
    found: list[type[Rule[Any]]] = []
    for info in pkgutil.iter_modules(package.__path__):
        if not info.name.startswith("_"):
            found.extend(_rules_in(importlib.import_module(f"{package.__name__}.{info.name}")))
    return tuple(sorted(found, key=lambda rule: rule.identity()))


def rules(packs: Iterable[str] = (BUILTIN_PACK,)) -> tuple[type[Rule[Any]], ...]:
    """Return all rule classes of the packs."""
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


def _rules_in(module: ModuleType) -> list[type[Rule[Any]]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Rule)
        and value is not Rule
        and value.__module__ == module.__name__
    ]
