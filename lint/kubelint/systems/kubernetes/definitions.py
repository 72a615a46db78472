"""CustomResourceDefinitions of the repository: their versions, and what the API server refuses about them.

Source: Kubernetes documentation, "Extend the Kubernetes API with CustomResourceDefinitions" (Specifying a structural
schema) and "Versions in CustomResourceDefinitions"; API reference, CustomResourceDefinitionSpec.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import CustomResource, CustomResourceDefinition
from kubelint.systems.kubernetes.scope import units_together
from kubelint.tree.node import Mapping, Node, Scalar

_TYPES = frozenset({"array", "boolean", "integer", "number", "object", "string"})
_JUNCTORS = ("allOf", "anyOf", "oneOf")
_INT_OR_STRING = "x-kubernetes-int-or-string"
_PRESERVE = "x-kubernetes-preserve-unknown-fields"
_LIST_KEYS = "x-kubernetes-list-map-keys"
_NOT_STRUCTURAL = (
    "$ref", "definitions", "dependencies", "deprecated", "discriminator", "id", "patternProperties", "readOnly",
    "writeOnly", "xml",
)  # fmt: skip
_WORTH_A_LOOK = frozenset({"additionalProperties", "uniqueItems", *_JUNCTORS, *_NOT_STRUCTURAL})
_MAX_DEPTH = 100
_MAX_SCHEMAS = 50_000


class DefinedVersion(NamedTuple):
    """One version of a definition."""

    definition: CustomResourceDefinition
    node: Mapping

    @property
    def name(self) -> Scalar | None:
        """Its name."""
        return self.node.scalar("name")

    @property
    def served(self) -> bool:
        """Whether the API server answers under it; yes where that is not known."""
        return self.node.text_at("served") != "false"

    @property
    def deprecated(self) -> Scalar | None:
        """The node that says that clients are warned; None where they are not."""
        node = self.node.scalar("deprecated")
        return node if node is not None and node.text == "true" else None

    @property
    def schema(self) -> Mapping | None:
        """Its schema; in ``v1beta1`` all versions may share one."""
        own = self.node.mapping("schema", "openAPIV3Schema")
        return own or self.definition.root.mapping("spec", "validation", "openAPIV3Schema")


def versions(definition: CustomResourceDefinition) -> list[DefinedVersion]:
    """Return the versions of a definition."""
    return [
        DefinedVersion(definition, node)
        for node in definition.root.items_at("spec", "versions")
        if isinstance(node, Mapping)
    ]


def definitions_of(graph: Graph, item: CustomResource) -> list[CustomResourceDefinition]:
    """Return the definitions of an object's kind: of its unit, else all that may be applied with it."""

    def collect() -> dict[tuple[str, str], list[CustomResourceDefinition]]:
        found: dict[tuple[str, str], list[CustomResourceDefinition]] = {}
        for definition in graph.subjects(CustomResourceDefinition):
            key = (
                definition.root.text_at("spec", "group") or "",
                definition.root.text_at("spec", "names", "kind") or "",
            )
            found.setdefault(key, []).append(definition)
        return found

    found = graph.once("definitions by kind", collect).get((item.group, item.kind), [])
    graph.effort.spend(len(found) * 8)
    own = [definition for definition in found if definition.unit is item.unit]
    return own or [definition for definition in found if units_together(graph, definition.unit, item.unit)]


def versions_of(graph: Graph, item: CustomResource) -> list[DefinedVersion]:
    """Return the definitions' entries for the version that an object is written in."""
    wanted = (item.root.text_at("apiVersion") or "").rpartition("/")[2]
    return [
        version
        for definition in definitions_of(graph, item)
        for version in versions(definition)
        if version.name is not None and version.name.text == wanted
    ]


@dataclass(frozen=True, slots=True)
class DefinitionProblem:
    """Why the API server refuses a definition: where, what, and what to do."""

    node: Node
    headline: str
    label: str
    help: str
    related: tuple[tuple[Node, str], ...] = field(default=())


def problems(definition: CustomResourceDefinition) -> Iterator[DefinitionProblem]:
    """Yield why the API server refuses a definition of ``apiextensions.k8s.io/v1``."""
    if definition.root.text_at("apiVersion") != "apiextensions.k8s.io/v1":
        return
    yield from _name_problems(definition)
    known = versions(definition)
    yield from _version_problems(definition, known)
    for version in known:
        schema = version.node.mapping("schema", "openAPIV3Schema")
        if schema is None:
            place = version.node.at("schema")
            if version.name is not None and not (isinstance(place, Scalar) and place.opaque):
                yield DefinitionProblem(
                    version.name,
                    f"version `{version.name.text}` has no schema, which the API server asks for",
                    "without `schema.openAPIV3Schema`",
                    "add a schema; `type: object` with `x-kubernetes-preserve-unknown-fields: true` allows everything",
                )
        else:
            yield from _schema_problems(schema)


def _name_problems(definition: CustomResourceDefinition) -> Iterator[DefinitionProblem]:
    name = definition.name_node
    plural, group = definition.root.scalar("spec", "names", "plural"), definition.root.scalar("spec", "group")
    if name is None or plural is None or group is None or name.opaque or plural.opaque or group.opaque:
        return
    wanted = f"{plural.text}.{group.text}"
    if name.text != wanted:
        yield DefinitionProblem(
            name,
            f"the definition must be called `{wanted}`",
            "not `<plural>.<group>`",
            f"write `{wanted}`",
            ((plural, "the plural"), (group, "the group")),
        )


def _version_problems(definition: CustomResourceDefinition, known: list[DefinedVersion]) -> Iterator[DefinitionProblem]:
    stored = [version.node.scalar("storage") for version in known]
    if any(node is not None and node.opaque for node in stored) or definition.unit.incomplete:
        return
    marks = [node for node in stored if node is not None and node.text == "true"]
    key = definition.root.mapping("spec")
    if known and not marks and key is not None:
        yield DefinitionProblem(
            key.key("versions") or key,
            "no version is the one that objects are stored in",
            "none of these has `storage: true`",
            "set `storage: true` on exactly one version",
        )
    for mark in marks[1:]:
        yield DefinitionProblem(
            mark,
            "objects can be stored in one version only",
            "a second one",
            "set `storage: false` on all versions but one",
            ((marks[0], "this is the first one"),),
        )
    seen: dict[str, Scalar] = {}
    for version in known:
        name = version.name
        if name is None or name.opaque:
            continue
        first = seen.setdefault(name.text, name)
        if first is not name:
            yield DefinitionProblem(
                name, f"version `{name.text}` is defined twice", "once more", "remove one", ((first, "first here"),)
            )


def _schema_problems(root: Mapping) -> Iterator[DefinitionProblem]:
    """Yield what makes a version's schema not structural; bounded, because aliases can make small texts huge."""
    pending: list[tuple[Node, str, int]] = [(root, "openAPIV3Schema", 0)]
    left = _MAX_SCHEMAS
    while pending and left:
        schema, where, depth = pending.pop()
        left -= 1
        if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
            continue
        index = schema.index
        # Nearly every schema is a type and a description, and definitions have ten thousands of them.
        if schema.text_at("type") not in _TYPES:
            yield from _type_problems(schema, where)
        if not index.keys().isdisjoint(_WORTH_A_LOOK):
            yield from _field_problems(schema, where)
            for junctor in _JUNCTORS:
                for branch in schema.items_at(junctor):
                    yield from _branch_problems(branch, junctor, where)
        if schema.text_at("type") == "array" or _LIST_KEYS in index:
            yield from _list_problems(schema, where)
        for name, child in schema.pairs_at("properties"):
            pending.append((child, name.text, depth + 1))
        if "items" in index:
            pending.append((index["items"][1], f"{where}[]", depth + 1))
        if "additionalProperties" in index:
            pending.append((index["additionalProperties"][1], f"{where}.*", depth + 1))


def _type_problems(schema: Mapping, where: str) -> Iterator[DefinitionProblem]:
    kind = schema.scalar("type")
    if kind is not None:
        if kind.text not in _TYPES and not kind.opaque:
            yield DefinitionProblem(
                kind,
                f"`{kind.text}` is no type of a schema",
                "the API server rejects the definition",
                "write one of `object`, `array`, `string`, `integer`, `number`, `boolean`",
            )
        return
    free = schema.text_at(_INT_OR_STRING) == "true" or schema.text_at(_PRESERVE) == "true"
    if not free and "$ref" not in schema and "<<" not in schema:
        yield DefinitionProblem(
            next(iter(schema.entries))[0] if schema.entries else schema,
            f"the schema of `{where}` has no `type`",
            "a structural schema says the type of every value",
            "add `type`",
        )


def _field_problems(schema: Mapping, where: str) -> Iterator[DefinitionProblem]:
    properties, rest = schema.key("properties"), schema.key("additionalProperties")
    if properties is not None and rest is not None:
        yield DefinitionProblem(
            rest,
            f"`{where}` has both `properties` and `additionalProperties`",
            "only one of them is allowed",
            "remove one; unknown fields are dropped anyway",
            ((properties, "fields by name"),),
        )
    elif rest is not None and schema.text_at("additionalProperties") == "false":
        yield DefinitionProblem(
            rest, "`additionalProperties: false` is not allowed", "unknown fields are dropped anyway", "remove it"
        )
    for name in _NOT_STRUCTURAL:
        key = schema.key(name)
        if key is not None:
            yield DefinitionProblem(
                key, f"a structural schema has no `{name}`", "the API server rejects it", f"remove `{name}`"
            )
    unique = schema.scalar("uniqueItems")
    if unique is not None and unique.text == "true":
        yield DefinitionProblem(
            unique, "`uniqueItems: true` is not allowed", "too slow to check", "use `x-kubernetes-list-type: set`"
        )


def _list_problems(schema: Mapping, where: str) -> Iterator[DefinitionProblem]:
    if schema.text_at("type") == "array" and schema.at("items") is None:
        yield DefinitionProblem(
            schema.scalar("type") or schema, f"`{where}` is a list and has no `items`", "a list of what?", "add `items`"
        )
    kind = schema.scalar("x-kubernetes-list-type")
    keys = schema.items_at(_LIST_KEYS)
    if kind is not None and kind.text == "map" and not keys:
        yield DefinitionProblem(
            kind, f"`{where}` is a list of type `map` without keys", "by which keys?", f"add `{_LIST_KEYS}`"
        )
    items = schema.mapping("items")
    known = {name.text for name, _ in items.pairs_at("properties")} if items is not None else set()
    if items is None or not known:
        return
    required = {node.text for node in items.items_at("required") if isinstance(node, Scalar)}
    for key in keys:
        if not isinstance(key, Scalar) or key.opaque:
            continue
        if key.text not in known:
            yield DefinitionProblem(
                key,
                f"the items of `{where}` have no field `{key.text}`",
                "a key of the list",
                "name a field of the items",
            )
        elif key.text not in required and items.at("properties", key.text, "default") is None:
            yield DefinitionProblem(
                key,
                f"the key `{key.text}` of `{where}` is neither required nor has it a default",
                "items without it could not be told apart",
                f"add `{key.text}` to `required` of the items",
            )


def _branch_problems(branch: Node, junctor: str, where: str) -> Iterator[DefinitionProblem]:
    for name in ("default", "nullable", "additionalProperties"):
        key = branch.key(name)
        if key is not None:
            yield DefinitionProblem(
                key,
                f"`{name}` is not allowed inside `{junctor}` of `{where}`",
                "branches may only restrict values",
                f"move `{name}` out of `{junctor}`",
            )
