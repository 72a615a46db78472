"""What the documents of a Drone file may hold: schemas by kind and runner type, and the values that Drone knows.

The key sets are those of the server and of the runner that takes a type, as they read the file: strict where they drop
unknown keys in silence. ``drone.json`` names each field once; the JSON Schema (2020-12) of a kind and type is put
together from it when first asked for. Where Go decodes any scalar into a string, any scalar is accepted, and an empty
value is accepted everywhere, because Go leaves the field alone.

Everything returned is shared: read it, never change it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from kubelint_schemas.data import read_json

PIPELINE = "pipeline"
DEFAULT_TYPE = "docker"
DEFAULT_OS = "linux"
DEFAULT_ARCH = "amd64"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_json(__file__, "drone.json")
    return data


def kinds() -> tuple[str, ...]:
    """Return the kinds of documents that Drone knows, ``pipeline`` first."""
    return (PIPELINE, *_data()["documents"])


def types() -> tuple[str, ...]:
    """Return the pipeline types for which Drone has a runner."""
    return tuple(_data()["types"])


def values(field: str) -> tuple[str, ...]:
    """Return the values that Drone knows for ``event``, ``status``, ``pull`` or ``failure``; KeyError for others."""
    return tuple(_data()["values"][field])


def ignored_fields(type_name: str) -> frozenset[str]:
    """Return the fields of a step that the server accepts and the runner of a type does not read."""
    return frozenset(_data()["types"].get(type_name, {}).get("ignored", ()))


def platform_values(field: str) -> tuple[str, ...]:
    """Return the known values of ``os`` or ``arch``; with ``other-`` before it those of pipelines without Docker."""
    return tuple(_data()["platforms"][field])


def platform_alias(text: str) -> str | None:
    """Return what Drone calls a platform that others call so: ``amd64`` for ``x86_64``; None where it has one name."""
    found: str | None = _data()["platforms"]["aliases"].get(text.lower())
    return found


def needs_image(type_name: str) -> bool:
    """Tell whether the runner of a type refuses steps without image."""
    return bool(_data()["types"].get(type_name, {}).get("needs-image", False))


def checks_order(type_name: str) -> bool:
    """Tell whether the runner of a type refuses steps that depend on a later one."""
    return bool(_data()["types"].get(type_name, {}).get("checks-order", False))


def reserved_volumes(type_name: str) -> frozenset[str]:
    """Return the names of volumes that the runner of a type keeps for itself."""
    return frozenset(_data()["types"].get(type_name, {}).get("reserved-volumes", ()))


def types_with(level: str, field: str) -> tuple[str, ...]:
    """Return the pipeline types that have a field at a level, ``pipeline`` or ``step``."""
    data = _data()
    if field in data["header"] or field in data[level]:
        return types()
    return tuple(name for name, entry in data["types"].items() if field in entry[level])


@cache
def schema(kind: str, type_name: str = DEFAULT_TYPE) -> dict[str, Any] | None:
    """Return the self-contained JSON Schema of a document; None for kinds and types that Drone does not have."""
    data = _data()
    definitions: dict[str, Any] = dict(data["$defs"])
    if kind == PIPELINE:
        entry = data["types"].get(type_name)
        if entry is None:
            return None
        ignored = dict.fromkeys(entry.get("ignored", ()), "anything")
        step = _object({**data["step"], **entry["step"], **ignored})
        definitions["step"] = {**step, "type": "object"}
        definitions["steps"] = {"type": ["array", "null"], "items": {"$ref": "#/$defs/step"}}
        fields = {**data["header"], **data[PIPELINE], **entry[PIPELINE], "steps": "steps"}
    elif kind in data["documents"]:
        fields = {**data["header"], **data["documents"][kind]}
    else:
        return None
    return {**_object(fields), "type": "object", "$defs": definitions}


def _object(fields: dict[str, Any]) -> dict[str, Any]:
    """Return a strict schema; a field's value names a definition or holds the fields of an object in its turn."""
    properties = {
        name: _object(value) if isinstance(value, dict) else {"$ref": f"#/$defs/{value}"}
        for name, value in fields.items()
    }
    return {"type": ["object", "null"], "additionalProperties": False, "properties": properties}
