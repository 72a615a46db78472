"""The mappings of an object by the definition that the API has for them: every Probe, every Volume, wherever it stands.

What is known of a definition so applies to each kind that reaches it. An object is walked once, and only where its
schema leads to something that rules ask for: the plan of a kind is made when the first object of it is met.

Source: OpenAPI specification of Kubernetes: definitions, and its extensions ``x-kubernetes-list-type`` and
``x-kubernetes-list-map-keys``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject, Rollout
from kubelint.systems.kubernetes.validation import schema_document, target
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint_schemas import kubernetes as pack
from kubelint_schemas.kubernetes.deprecations import deprecated_fields
from kubelint_schemas.kubernetes.values import choices, discriminated, field_facts

#: Definitions that hold schemas of others: nothing in them is a value of the object.
_LEAVES = frozenset({"apiextensions.JSONSchemaProps", "apiextensions.JSON"})
_QUANTITY = "api.Quantity"
_POD_TEMPLATE = "io.k8s.api.core.v1.PodTemplateSpec"
_STATUS = "status"
_DEPTH = 60
_MOST_SCHEMAS = 50_000


class Part(NamedTuple):
    """A mapping of an object. ``key`` is the key that it stands behind; None for the root and for items of lists.

    ``definition`` is group and name without the version: ``core.Container``; empty where the schema has no name for it.
    """

    definition: str
    node: Mapping
    key: Scalar | None
    path: tuple[str | int, ...]


class ListKeys(NamedTuple):
    """A list whose items have keys of their own; no keys means that the items themselves must differ."""

    holder: Part
    name: str
    node: Sequence
    keys: tuple[str, ...]
    item: str


class QuantityValue(NamedTuple):
    """A quantity, the field that it is the value of, and for a resource its name."""

    holder: Part
    name: str
    key: Scalar
    node: Node


class BytesValue(NamedTuple):
    """A value that must be base64."""

    holder: Part
    key: Scalar
    node: Node


@dataclass(slots=True)
class Parts:
    """What a walk has found."""

    by_definition: dict[str, list[Part]] = field(default_factory=dict)
    lists: list[ListKeys] = field(default_factory=list)
    quantities: list[QuantityValue] = field(default_factory=list)
    bytes: list[BytesValue] = field(default_factory=list)

    def of(self, definition: str) -> list[Part]:
        """Return the parts of a definition in the order of the text."""
        return self.by_definition.get(definition, [])


@dataclass(slots=True, eq=False)
class _Plan:
    """Where to look in a mapping: fields that lead on, lists with keys, quantities, bytes."""

    definition: str
    one: dict[str, _Plan] = field(default_factory=dict)
    many: dict[str, _Plan] = field(default_factory=dict)
    maps: dict[str, _Plan] = field(default_factory=dict)
    lists: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    quantities: set[str] = field(default_factory=set)
    quantity_maps: set[str] = field(default_factory=set)
    bytes: set[str] = field(default_factory=set)
    byte_maps: set[str] = field(default_factory=set)
    #: False while it is being made: what refers to itself is never cut off.
    planned: bool = False
    _names: frozenset[str] | None = None

    @property
    def names(self) -> frozenset[str]:
        """All fields that there is something to look for in; asked for once the plan is made."""
        if self._names is None:
            self._names = frozenset().union(
                self.one, self.many, self.maps, self.lists, self.quantities, self.quantity_maps, self.bytes,
                self.byte_maps,
            )  # fmt: skip
        return self._names


def parts(graph: Graph, item: KubernetesObject) -> Parts:
    """Return the parts of an object; none for a kind without schema. Computed once."""
    return graph.once(("parts", id(item.root)), lambda: _walk(graph, item))


def _walk(graph: Graph, item: KubernetesObject) -> Parts:
    found = Parts()
    plan = _plan(graph, item)
    if plan is not None:
        _visit(plan, item.root, None, (), found)
    if isinstance(item, Rollout):
        # Its own definition repeats the pod template without names.
        template = item.root.mapping("spec", "template")
        pod_plan = graph.once("pod template plan", lambda: _pod_template_plan(graph))
        if template is not None and pod_plan is not None:
            _visit(pod_plan, template, None, ("spec", "template"), found)
    return found


def _plan(graph: Graph, item: KubernetesObject) -> _Plan | None:
    document = schema_document(graph, item)
    if document is None:
        return None
    # Systems have views of their own for some kinds, not schemas: kind and version say which one it is.
    return graph.once(("plan", item.root.text_at("apiVersion"), item.kind), lambda: _Planner(document).plan())


def _pod_template_plan(graph: Graph) -> _Plan | None:
    document = pack.schema(pack.nearest_version(target(graph)), "apps/v1", "Deployment")
    if document is None:
        return None
    return _Planner({"$ref": f"#/$defs/{_POD_TEMPLATE}", "$defs": document["$defs"]}).plan()


def _visit(plan: _Plan, node: Mapping, key: Scalar | None, path: tuple[str | int, ...], found: Parts) -> None:
    part = Part(plan.definition, node, key, path)
    if plan.definition:
        found.by_definition.setdefault(plan.definition, []).append(part)
    names = plan.names
    for name, (own, value) in node.index.items():
        if name not in names:
            continue
        if isinstance(value, Mapping):
            _visit_mapping(plan, part, name, own, value, found)
        elif isinstance(value, Sequence):
            _visit_list(plan, part, name, value, found)
        elif name in plan.quantities:
            found.quantities.append(QuantityValue(part, name, own, value))
        elif name in plan.bytes:
            found.bytes.append(BytesValue(part, own, value))


def _visit_mapping(plan: _Plan, part: Part, name: str, key: Scalar, value: Mapping, found: Parts) -> None:
    if (child := plan.one.get(name)) is not None:
        _visit(child, value, key, (*part.path, name), found)
    elif (child := plan.maps.get(name)) is not None:
        for entry, below in value.pairs():
            if isinstance(below, Mapping):
                _visit(child, below, entry, (*part.path, name, entry.text), found)
    elif name in plan.quantity_maps:
        found.quantities.extend(QuantityValue(part, name, entry, below) for entry, below in value.pairs())
    elif name in plan.byte_maps:
        found.bytes.extend(BytesValue(part, entry, below) for entry, below in value.pairs())


def _visit_list(plan: _Plan, part: Part, name: str, value: Sequence, found: Parts) -> None:
    if (child := plan.many.get(name)) is not None:
        for number, below in enumerate(value.children):
            if isinstance(below, Mapping):
                _visit(child, below, None, (*part.path, name, number), found)
    if name in plan.lists:
        keys, definition = plan.lists[name]
        found.lists.append(ListKeys(part, name, value, keys, definition))


class _Planner:
    """Makes the plan of one schema; definitions that others refer to are planned once, so cycles end."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.named: dict[str, _Plan] = {}
        self.count = 0

    def plan(self) -> _Plan:
        """Return the plan of the whole object, with all that leads nowhere cut off."""
        root = self._mapping(self.document, 0)
        root.one.pop(_STATUS, None)
        return root

    def _resolve(self, schema: Any) -> tuple[str, Any]:
        """Return name and schema that a reference leads to; the name is empty for a schema that stands here."""
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        if not isinstance(reference, str):
            return "", schema
        name = reference.rpartition("/")[2]
        return name, self.document.get("$defs", {}).get(name, {})

    def _mapping(self, schema: Any, depth: int) -> _Plan:
        name, resolved = self._resolve(schema)
        if name in self.named:
            return self.named[name]
        plan = _Plan(short(name))
        if name:
            self.named[name] = plan
        self.count += 1
        if plan.definition not in _LEAVES and depth < _DEPTH and self.count < _MOST_SCHEMAS:
            for field_name, child in _properties(resolved):
                self._field(plan, field_name, child, depth)
        plan.planned = True
        return plan

    def _field(self, plan: _Plan, name: str, schema: Any, depth: int) -> None:
        reference, resolved = self._resolve(schema)
        if not isinstance(resolved, dict):
            return
        if short(reference) == _QUANTITY:
            plan.quantities.add(name)
        elif resolved.get("format") == "byte":
            plan.bytes.add(name)
        elif isinstance(resolved.get("properties"), dict):
            child = self._mapping(schema, depth + 1)
            if not _is_empty(child):
                plan.one[name] = child
        elif "items" in resolved:
            self._list(plan, name, resolved, depth)
        elif isinstance(resolved.get("additionalProperties"), dict):
            self._map(plan, name, resolved["additionalProperties"], depth)

    def _list(self, plan: _Plan, name: str, schema: dict[str, Any], depth: int) -> None:
        reference, resolved = self._resolve(schema["items"])
        if isinstance(resolved, dict) and isinstance(resolved.get("properties"), dict):
            child = self._mapping(schema["items"], depth + 1)
            if not _is_empty(child):
                plan.many[name] = child
        keys = schema.get("x-kubernetes-list-map-keys")
        kind = schema.get("x-kubernetes-list-type")
        if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
            plan.lists[name] = tuple(keys), short(reference)
        elif kind == "set":
            plan.lists[name] = (), short(reference)

    def _map(self, plan: _Plan, name: str, schema: dict[str, Any], depth: int) -> None:
        reference, resolved = self._resolve(schema)
        if short(reference) == _QUANTITY:
            plan.quantity_maps.add(name)
        elif isinstance(resolved, dict) and resolved.get("format") == "byte":
            plan.byte_maps.add(name)
        elif isinstance(resolved, dict) and isinstance(resolved.get("properties"), dict):
            child = self._mapping(schema, depth + 1)
            if not _is_empty(child):
                plan.maps[name] = child


def _properties(schema: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
        yield from schema["properties"].items()


@cache
def _asked_for() -> frozenset[str]:
    """Return the definitions that facts or rules look at by name."""
    return frozenset({*field_facts(), *choices(), *discriminated(), *deprecated_fields(), *_BY_RULES})


#: Definitions that rules ask for although no fact is filed under them.
_BY_RULES = frozenset(
    {
        "core.ConfigMapVolumeSource", "core.DownwardAPIVolumeSource", "core.EmptyDirVolumeSource", "core.PodSpec",
        "core.Container", "core.PersistentVolumeSpec", "core.ProjectedVolumeSource", "core.ResourceRequirements",
        "core.SecretVolumeSource", "core.VolumeResourceRequirements",
    }
)  # fmt: skip


def _is_empty(plan: _Plan) -> bool:
    """Tell whether nothing below a plan is ever asked for: nobody looks at its definition and it has no child."""
    return plan.planned and not (
        plan.definition in _asked_for()
        or plan.one
        or plan.many
        or plan.maps
        or plan.lists
        or plan.quantities
        or plan.quantity_maps
        or plan.bytes
        or plan.byte_maps
    )


def short(name: str) -> str:
    """Return group and name of a definition without its version: ``core.Container`` for ``io.k8s.api.core.v1.…``."""
    pieces = name.split(".")
    return f"{pieces[-3]}.{pieces[-1]}" if len(pieces) > 3 else ""
