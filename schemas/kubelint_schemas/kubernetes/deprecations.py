"""Labels, annotations and fields that Kubernetes is giving up, and annotations that controllers read.

The facts are ``deprecations.json`` and ``annotations.json`` (kept by hand; their heads name the sources).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from kubelint_schemas.data import read_json


class Mark(NamedTuple):
    """A label or annotation. ``on``: ``node``, ``label`` or ``annotation``; ``prefix``: the key goes on with a name.

    ``removed_in``: the first version in which nobody sets or reads it; None where that is not planned.
    ``instead``: what takes its place: a key where ``renamed``, else words; None where nothing does.
    """

    key: str
    on: str
    deprecated_in: str
    removed_in: str | None
    instead: str | None
    renamed: bool
    prefix: bool
    kinds: tuple[str, ...]


class DeprecatedField(NamedTuple):
    """A field of a definition; ``why`` says what happens where it was removed."""

    definition: str
    name: str
    deprecated_in: str
    removed_in: str | None
    instead: str
    renamed: bool
    why: str | None


@cache
def marks() -> tuple[Mark, ...]:
    """Return all deprecated labels and annotations."""
    return tuple(
        Mark(
            entry["key"],
            entry["on"],
            entry["deprecated_in"],
            entry["removed_in"],
            entry["instead"],
            entry.get("renamed", False),
            entry.get("prefix", False),
            tuple(entry.get("kinds", ())),
        )
        for entry in read_json(__file__, "deprecations.json")["marks"]
    )


@cache
def deprecated_fields() -> Mapping[str, tuple[DeprecatedField, ...]]:
    """Return definition to its deprecated fields."""
    found: dict[str, list[DeprecatedField]] = {}
    for entry in read_json(__file__, "deprecations.json")["fields"]:
        definition, _, name = entry["field"].rpartition(".")
        found.setdefault(definition, []).append(
            DeprecatedField(
                definition,
                name,
                entry["deprecated_in"],
                entry["removed_in"],
                entry["instead"],
                entry.get("renamed", False),
                entry.get("why"),
            )
        )
    return MappingProxyType({definition: tuple(fields) for definition, fields in found.items()})


@cache
def known_annotations() -> Mapping[str, frozenset[str]]:
    """Return domain to the names behind it that a controller reads."""
    domains: dict[str, list[str]] = read_json(__file__, "annotations.json")["domains"]
    return MappingProxyType({domain: frozenset(names) for domain, names in domains.items()})
