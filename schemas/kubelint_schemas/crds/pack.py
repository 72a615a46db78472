"""A pack of custom resources: an index and, for each API group, one file of schemas, one a line (floor 1).

The index gives the place of each schema in its group's file, so that only the schemas that a repository uses
are parsed. Packs are compiled by ``schemas/compile/crds.py``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

from kubelint_schemas.crds.structural import completed
from kubelint_schemas.data import read, read_json
from kubelint_schemas.kubernetes.resources import Resource


class _Place(NamedTuple):
    group: str
    offset: int
    length: int


class Pack:
    """The custom resources of one folder. Everything that it returns is shared: read it, never change it."""

    def __init__(self, module_file: str) -> None:
        self._module_file = module_file
        self._texts: dict[str, bytes] = {}
        self._schemas: dict[tuple[str, str], dict[str, Any]] = {}

    @cached_property
    def _index(self) -> dict[str, dict[str, Any]]:
        index: dict[str, dict[str, Any]] = read_json(self._module_file, "index.json")
        return index

    @cached_property
    def kinds(self) -> Mapping[tuple[str, str], _Place]:
        """(apiVersion, kind) of all bundled custom resources, to the place of its schema."""
        return MappingProxyType(
            {
                (f"{group}/{version}", kind): _Place(group, *place)
                for group, kinds in self._index.items()
                for kind, entry in kinds.items()
                for version, place in entry["versions"].items()
            }
        )

    @cached_property
    def resources(self) -> Mapping[tuple[str, str], Resource]:
        """(group, kind) to plural name, scope and subresources."""
        return MappingProxyType(
            {
                (group, kind): Resource(
                    group,
                    kind,
                    entry["plural"],
                    entry["namespaced"],
                    tuple(entry.get("subresources", ())),
                    (),
                )
                for group, kinds in self._index.items()
                for kind, entry in kinds.items()
            }
        )

    def schema(self, api_version: str, kind: str) -> dict[str, Any] | None:
        """Return the self-contained strict JSON Schema (2020-12) of a kind; None where it is not bundled."""
        known = self._schemas.get((api_version, kind))
        if known is None:
            place = self.kinds.get((api_version, kind))
            if place is None:
                return None
            text = self._texts.get(place.group)
            if text is None:
                text = self._texts[place.group] = read(self._module_file, f"{place.group}.jsonl")
            stored = json.loads(text[place.offset : place.offset + place.length])
            known = self._schemas[api_version, kind] = completed(stored, api_version, kind)
        return known
