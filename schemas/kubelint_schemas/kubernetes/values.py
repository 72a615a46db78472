"""What values the fields of built-in kinds may have, where the published schemas do not say it.

The facts are ``enums.json``, ``syntaxes.json`` and ``unions.json`` (kept by hand; their heads name the sources). They
are keyed by group and definition (``core.Container``) and hold for all bundled versions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from kubelint_schemas.data import read_json


class Enumeration(NamedTuple):
    """The values that a text may have. ``open``: values that hold this text are allowed too. ``meant``: habits."""

    values: tuple[str, ...]
    open: str | None
    meant: Mapping[str, str]


class Range(NamedTuple):
    """The bounds of a number, both inclusive; None where there is none."""

    minimum: int | None
    maximum: int | None


class Choice(NamedTuple):
    """Groups of fields of which only one may be set, and whether one must be."""

    groups: tuple[tuple[str, ...], ...]
    needed: bool


class Case(NamedTuple):
    """What one value of a discriminating field asks for."""

    needs: tuple[str, ...]
    excludes: tuple[str, ...]


class Discriminated(NamedTuple):
    """Fields that depend on the value of the field ``by``; ``default`` is its value where it is not set."""

    by: str
    default: str | None
    cases: Mapping[str, Case]


class FieldFact(NamedTuple):
    """What is known of one field of a definition: an enumeration, the name of a syntax, a range."""

    name: str
    enumeration: Enumeration | None
    syntax: str | None
    range: Range | None


@cache
def field_facts() -> Mapping[str, tuple[FieldFact, ...]]:
    """Return definition to what is known of its fields."""
    found: dict[str, list[FieldFact]] = defaultdict(list)
    for entry in read_json(__file__, "enums.json")["enums"]:
        enumeration = Enumeration(tuple(entry["values"]), entry.get("open"), MappingProxyType(entry.get("meant", {})))
        _file(found, entry, lambda name, known=enumeration: FieldFact(name, known, None, None))
    syntaxes = read_json(__file__, "syntaxes.json")
    for entry in syntaxes["syntaxes"]:
        _file(found, entry, lambda name, known=entry["syntax"]: FieldFact(name, None, known, None))
    for entry in syntaxes["ranges"]:
        bounds = Range(entry.get("minimum"), entry.get("maximum"))
        _file(found, entry, lambda name, known=bounds: FieldFact(name, None, None, known))
    return MappingProxyType({definition: tuple(facts) for definition, facts in found.items()})


@cache
def object_names() -> Mapping[tuple[str, str], str]:
    """Return (group, kind) to the syntax of ``metadata.name``, for kinds that take no DNS subdomain name."""
    names: dict[str, list[list[str]]] = read_json(__file__, "syntaxes.json")["object_names"]
    return MappingProxyType({(group, kind): syntax for syntax, kinds in names.items() for group, kind in kinds})


@cache
def choices() -> Mapping[str, Choice]:
    """Return definition to the fields of it that exclude each other."""
    return MappingProxyType(
        {
            entry["definition"]: Choice(
                tuple((field,) if isinstance(field, str) else tuple(field) for field in entry["fields"]),
                entry["needed"],
            )
            for entry in read_json(__file__, "unions.json")["choices"]
        }
    )


@cache
def discriminated() -> Mapping[str, tuple[Discriminated, ...]]:
    """Return definition to the fields of it that depend on the value of another one."""
    found: dict[str, list[Discriminated]] = defaultdict(list)
    for entry in read_json(__file__, "unions.json")["discriminated"]:
        cases = {
            value: Case(tuple(case.get("needs", ())), tuple(case.get("excludes", ())))
            for value, case in entry["cases"].items()
        }
        found[entry["definition"]].append(Discriminated(entry["by"], entry["default"], MappingProxyType(cases)))
    return MappingProxyType({definition: tuple(rules) for definition, rules in found.items()})


def _file(found: dict[str, list[FieldFact]], entry: dict[str, Any], make: Any) -> None:
    for path in entry["fields"]:
        # A field may have dots or dashes of its own, a definition has exactly one dot.
        group, definition, field = path.split(".", 2)
        found[f"{group}.{definition}"].append(make(field))


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(read_json(__file__, "time_zones.json")["zones"])
