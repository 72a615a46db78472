"""Schemas of ``openapi.path``: by which keys the lists of other kinds are merged."""

from __future__ import annotations

from functools import cache
from typing import Any

from kubelint.systems.kustomize.build.merge import MergeTypes
from kubelint_schemas.kustomize import merge_keys

BUILT_IN_VERSION = "v1.21.2"
_GVK = "x-kubernetes-group-version-kind"


@cache
def built_in() -> MergeTypes:
    """Return what kustomize knows by itself."""
    data = merge_keys()
    return MergeTypes(data["kinds"], data["types"])


def read_schema(document: Any) -> MergeTypes:
    """Return what the definitions of an OpenAPI document say; what is no definition says nothing."""
    reader = _Reader(_dict(_dict(document).get("definitions")))
    kinds: dict[str, int] = {}
    for name, definition in reader.definitions.items():
        for entry in _list(_dict(definition).get(_GVK)):
            gvk = _dict(entry)
            group, version = gvk.get("group") or "", gvk.get("version")
            api_version = f"{group}/{version}" if group else version
            kinds[f"{api_version} {gvk.get('kind')}"] = reader.number(name)
    return MergeTypes(kinds, reader.types)


class _Reader:
    def __init__(self, definitions: dict[str, Any]) -> None:
        self.definitions = definitions
        self.types: list[dict[str, Any]] = []
        self._numbers: dict[str, int] = {}
        self._waiting: list[tuple[int, Any]] = []

    def number(self, name: str) -> int:
        """Return the number of a definition, reading it and all that it refers to."""
        known = self._numbers.get(name)
        if known is not None:
            return known
        number = self._numbers[name] = self._new(self.definitions.get(name))
        while self._waiting:
            place, definition = self._waiting.pop()
            for field, part in _dict(_dict(definition).get("properties")).items():
                self.types[place][field] = self._field(_dict(part))
        return number

    def _new(self, definition: Any) -> int:
        self.types.append({})
        self._waiting.append((len(self.types) - 1, definition))
        return len(self.types) - 1

    def _field(self, part: dict[str, Any]) -> Any:
        if "merge" in str(part.get("x-kubernetes-patch-strategy", "")).split(","):
            own = part.get("x-kubernetes-patch-merge-key")
            keys = _list(part.get("x-kubernetes-list-map-keys")) or ([own] if own else [])
            return [[str(key) for key in keys], self._target(_dict(part.get("items")))]
        return self._target(part)

    def _target(self, part: dict[str, Any]) -> int | None:
        reference = part.get("$ref")
        if not isinstance(reference, str):
            return self._new(part) if "properties" in part else None
        name = reference.rpartition("/")[2]
        if name not in self._numbers:
            self._numbers[name] = self._new(self.definitions.get(name))
        return self._numbers[name]


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
