"""From a CustomResourceDefinition to strict JSON Schemas, as the API server judges custom resources.

The input is untrusted: it may come from the repository that is linted. Anything that is no proper structural
schema raises ValueError and nothing else; depth and size are bounded.

What "strict" means follows the Kubernetes documentation, "Extend the Kubernetes API with
CustomResourceDefinitions": fields that the schema does not name are pruned (so they are errors here) unless
``x-kubernetes-preserve-unknown-fields`` is set; null is dropped from optional fields before validation (so
they accept it); defaults are filled in before validation (so a field with a default is never missing);
``x-kubernetes-int-or-string`` is both; CEL rules (``x-kubernetes-validations``) are left to rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from kubelint_schemas.kubernetes import OBJECT_META, object_meta

Json: TypeAlias = dict[str, Any]

MAX_DEPTH = 100
MAX_SCHEMAS = 100_000
_LONGEST_PATTERN = 4_000

_TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
_COUNTS = ("maxItems", "maxLength", "maxProperties", "minItems", "minLength", "minProperties")
_NUMBERS = ("maximum", "minimum", "multipleOf")
_LIST_KEYS = "x-kubernetes-list-map-keys"
_LIST_TYPE = "x-kubernetes-list-type"
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_INT_OR_STRING = "x-kubernetes-int-or-string"
_EMBEDDED = "x-kubernetes-embedded-resource"
_META = {"$ref": f"#/$defs/{OBJECT_META}"}


def from_crd(crd_data: Mapping[str, Any]) -> dict[tuple[str, str], Json]:
    """Return (apiVersion, kind) to a strict, self-contained schema for each served version of a definition.

    ``crd_data`` is a CustomResourceDefinition (apiextensions.k8s.io/v1 or v1beta1) as plain data. Raises
    ValueError, saying where, if it is none, is broken, or nests too deep.
    """
    spec = _mapping(crd_data, "spec")
    group = _text(spec, "group")
    kind = _text(_mapping(spec, "names"), "kind")
    # v1beta1 kept unknown fields unless told otherwise (CustomResourceDefinitionSpec.preserveUnknownFields).
    old = str(crd_data.get("apiVersion", "")).endswith("/v1beta1")
    closed = spec.get("preserveUnknownFields", old) is False
    shared = spec.get("validation")
    found: dict[tuple[str, str], Json] = {}
    for version in _versions(spec):
        if version.get("served", True) is False:
            continue
        holder = version.get("schema", shared)
        schema = holder.get("openAPIV3Schema") if isinstance(holder, dict) else None
        name = f"{group}/{_text(version, 'name')}"
        found[name, kind] = object_schema(schema if schema is not None else {}, name, kind, closed=closed)
    return found


def object_schema(schema: object, api_version: str, kind: str, *, closed: bool = True) -> Json:
    """Return the strict schema of a whole object, from the ``openAPIV3Schema`` of its version.

    ``closed``: whether fields that the schema does not name are errors. Raises ValueError where it is no
    schema.
    """
    return completed(structural(schema, closed=closed), api_version, kind)


def structural(schema: object, *, closed: bool = True) -> Json:
    """Return the strict form of an ``openAPIV3Schema``; :func:`completed` adds what every object has."""
    return _Converter().convert(schema, "openAPIV3Schema", 0, optional=False, close=closed)


def completed(schema: Json, api_version: str, kind: str) -> Json:
    """Return the self-contained schema of a whole object: with apiVersion, kind and metadata."""
    properties = dict(schema.get("properties", {}))
    narrowed = properties.get("metadata", {}).get("properties")
    properties["apiVersion"] = {"type": "string", "enum": [api_version]}
    properties["kind"] = {"type": "string", "enum": [kind]}
    properties["metadata"] = {"allOf": [_META, {"properties": narrowed}]} if narrowed else _META
    required = {"apiVersion", "kind", *schema.get("required", ())} - {"metadata"}
    return {
        **schema,
        "type": "object",
        "properties": properties,
        "required": sorted(required),
        "$defs": {**object_meta(), **schema.get("$defs", {})},
    }


class _Converter:
    """Converts one structural schema; counts what it has seen, because aliases can make small texts huge."""

    def __init__(self) -> None:
        self.left = MAX_SCHEMAS

    def convert(
        self,
        schema: object,
        where: str,
        depth: int,
        *,
        optional: bool,
        close: bool,
        inherited: Sequence[str] = (),
    ) -> Json:
        """Return one schema.

        ``optional``: null is dropped here, so it is accepted; ``close``: unknown fields are errors here;
        ``inherited``: the types that the schema around a junctor states.
        """
        if not isinstance(schema, dict):
            raise ValueError(f"{where}: a schema must be a mapping")  # noqa: TRY004 - the one error of this module
        self.left -= 1
        if depth > MAX_DEPTH or self.left < 0:
            raise ValueError(f"{where}: the schema is nested too deep or too large")
        nullable = optional or schema.get("nullable") is True
        result = _values(schema, where, nullable=nullable)
        types, junctors = _types(schema, where)
        if types:
            result["type"] = [*types, "null"] if nullable else types[0] if len(types) == 1 else types
        self._children(schema, result, where, depth, close=close and schema.get(_PRESERVE) is not True)
        self._junctors(junctors, result, where, depth, nullable=nullable, types=types or inherited)
        return result

    def _junctors(
        self, junctors: Json, result: Json, where: str, depth: int, *, nullable: bool, types: Sequence[str]
    ) -> None:
        """Convert ``allOf``, ``anyOf``, ``oneOf`` and ``not``; none of them closes an object.

        Null is valid wherever a branch only says what objects must have. So where null is dropped, each
        branch states its types, and a branch of its own accepts null.
        """
        stated = list(types or sorted(_TYPES))
        for junctor, branches in junctors.items():
            inner = f"{where}.{junctor}"
            found = [
                self.convert(
                    branch,
                    inner,
                    depth + 1,
                    optional=nullable and junctor == "allOf",
                    close=False,
                    inherited=types,
                )
                for branch in branches
            ]
            if nullable and junctor != "allOf":
                found = [branch if "type" in branch else {**branch, "type": stated} for branch in found]
                if junctor != "not":
                    found.append({"type": "null"})
            result[junctor] = found[0] if junctor == "not" else found

    def _children(self, schema: Json, result: Json, where: str, depth: int, *, close: bool) -> None:
        properties = schema.get("properties") or {}
        if not isinstance(properties, dict):
            raise ValueError(f"{where}.properties: must be a mapping")  # noqa: TRY004
        required = result.get("required", ())
        embedded = schema.get(_EMBEDDED) is True
        if properties or embedded:
            result["properties"] = {
                str(name): self.convert(child, f"{where}.{name}", depth + 1, optional=name not in required, close=close)
                for name, child in properties.items()
            }
            if embedded:
                result["properties"] |= {
                    "apiVersion": {"type": "string"},
                    "kind": {"type": "string"},
                    "metadata": _META,
                }
        rest = schema.get("additionalProperties")
        if isinstance(rest, dict):
            result["additionalProperties"] = self.convert(rest, f"{where}.*", depth + 1, optional=True, close=close)
        elif rest is False or (rest is None and properties and close):
            result["additionalProperties"] = False
        items = schema.get("items")
        if items is not None:
            result["items"] = self.convert(items, f"{where}[]", depth + 1, optional=False, close=close)


def _types(schema: Json, where: str) -> tuple[list[str], Json]:
    """Return the types that a schema allows and its junctors, less those that only list types."""
    stated = schema.get("type") or []
    types = [stated] if isinstance(stated, str) else stated
    if not isinstance(types, list) or not all(isinstance(name, str) and name in _TYPES for name in types):
        raise ValueError(f"{where}.type: not a type: {str(stated)[:40]!r}")
    junctors: Json = {}
    for junctor in ("allOf", "anyOf", "oneOf"):
        branches = schema.get(junctor) or []
        if not isinstance(branches, list):
            raise ValueError(f"{where}.{junctor}: must be a list")  # noqa: TRY004
        listed = _listed_types(branches) if junctor != "allOf" else []
        if listed:
            types = [name for name in listed if name in types] if types else listed
        elif branches:
            junctors[junctor] = branches
    if schema.get("not") is not None:
        junctors["not"] = [schema["not"]]
    if schema.get(_INT_OR_STRING) is True:
        types = ["integer", "string"]
    return list(types), junctors


def _listed_types(branches: list[object]) -> list[str]:
    """Return the types of branches that name nothing else, as in ``anyOf: [{type: integer}, …]``."""
    types = [branch["type"] for branch in branches if isinstance(branch, dict) and list(branch) == ["type"]]
    apart = len(types) == len(branches) and not {"integer", "number"} <= {str(name) for name in types}
    return types if apart and all(isinstance(name, str) and name in _TYPES for name in types) else []


def _values(schema: Json, where: str, *, nullable: bool) -> Json:
    """Return the keywords that hold plain values, each checked."""
    result: Json = {}
    if isinstance(schema.get(_LIST_TYPE), str):
        result[_LIST_TYPE] = schema[_LIST_TYPE]
    keys = schema.get(_LIST_KEYS)
    if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
        result[_LIST_KEYS] = keys
    for key in _COUNTS:
        value = schema.get(key)
        if value is not None:
            if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{where}.{key}: must be a number from 0")
            result[key] = value
    for key in _NUMBERS:
        value = schema.get(key)
        if value is not None:
            if not isinstance(value, int | float) or isinstance(value, bool) or (key == "multipleOf" and value <= 0):
                raise ValueError(f"{where}.{key}: must be a number")
            # OpenAPI 3.0 has ``exclusiveMaximum: true`` beside ``maximum``; JSON Schema has the number
            # itself.
            exclusive = f"exclusive{key[0].upper()}{key[1:]}"
            result[exclusive if schema.get(exclusive) is True else key] = value
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and len(pattern) <= _LONGEST_PATTERN:
        result["pattern"] = pattern
    if schema.get("uniqueItems") is True:
        result["uniqueItems"] = True
    if schema.get("format") == "byte":
        result["format"] = "byte"
    enum = schema.get("enum")
    if isinstance(enum, list) and enum:
        result["enum"] = [*enum, None] if nullable and None not in enum else enum
    required = schema.get("required")
    if isinstance(required, list):
        result["required"] = sorted({str(name) for name in required} - _defaulted(schema))
    return result


def _defaulted(schema: Json) -> set[str]:
    """Return the fields that the API server fills in before it validates: those with a default."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return set()
    return {str(name) for name, child in properties.items() if isinstance(child, dict) and "default" in child}


def _versions(spec: Json) -> list[Json]:
    versions = spec.get("versions")
    if versions is None and isinstance(spec.get("version"), str):  # v1beta1 with a single version
        return [{"name": spec["version"]}]
    if not isinstance(versions, list) or not all(isinstance(version, dict) for version in versions):
        raise ValueError("spec.versions: must be a list of mappings")
    return versions


def _mapping(data: Mapping[str, Any], key: str) -> Json:
    value = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(value, dict):
        raise ValueError(f"{key}: must be a mapping")  # noqa: TRY004
    return value


def _text(data: Json, key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{key}: must be a text")
    return value
