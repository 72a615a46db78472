"""Fields that exclude each other and fields that need each other.

Source: API reference, the descriptions of the fields (see the head of ``unions.json``); Kubernetes documentation,
"Service" (several ports need names) and "Object Names and IDs".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.gateway_fields import discriminated_fields
from kubelint.systems.kubernetes.model import BUILTIN_GROUPS, ClusterRoleBinding, ConfigurationFile, KubernetesObject
from kubelint.systems.kubernetes.parts import Part, parts
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.words import joined
from kubelint_schemas.kubernetes.resources import resources
from kubelint_schemas.kubernetes.values import Choice, Discriminated, choices, discriminated

#: Kinds that are asked, not kept: they need no name.
_ASKED_GROUPS = frozenset({"authentication.k8s.io", "authorization.k8s.io"})
_NAMELESS = frozenset({"Binding", "Eviction", "Scale", "ComponentStatus", "DeleteOptions", "Status"})


class Conflict(NamedTuple):
    """Fields of which only one may be set; ``reason`` is why, where another field decides it."""

    part: Part
    first: Scalar
    second: Scalar
    reason: tuple[Scalar, str] | None = None


class Gap(NamedTuple):
    """A field, or one of several fields, that is missing; ``because``: the field that asks for it, in words."""

    names: tuple[str, ...]
    node: Node
    because: str
    cause: Scalar | None = None


def conflicts(graph: Graph, item: KubernetesObject) -> Iterator[Conflict]:
    """Yield the fields of an object that cannot be set together."""
    for part, choice in _unions(graph, item).choices:
        present = [[key for name in group if (key := _present(part, name)) is not None] for group in choice.groups]
        given = sorted((group[0] for group in present if group), key=lambda key: key.start)
        for other in given[1:]:
            yield Conflict(part, given[0], other)
    for part, rule in _unions(graph, item).discriminated:
        by = part.node.scalar(rule.by)
        value = rule.default if by is None else by.text
        case = rule.cases.get(value or "")
        if case is None or (by is not None and by.opaque):
            continue
        for name in case.excludes:
            key = _present(part, name)
            if key is not None and by is not None:
                yield Conflict(part, by, key, (by, value or ""))


def gaps(graph: Graph, item: KubernetesObject) -> Iterator[Gap]:
    """Yield what is missing in an object although its schema does not ask for it."""
    yield from _without_name(item)
    for part, choice in _unions(graph, item).choices:
        names = tuple(name for group in choice.groups for name in group)
        if choice.needed and not any(_may_be_present(part, name) for name in names):
            yield Gap(names, part.key or part.node, "")
    for part, rule in _unions(graph, item).discriminated:
        by = part.node.scalar(rule.by)
        value = rule.default if by is None else by.text
        case = rule.cases.get(value or "")
        if case is None or (by is not None and by.opaque):
            continue
        for name in case.needs:
            if not _may_be_present(part, name):
                yield Gap((name,), by or part.key or part.node, f"`{rule.by}: {value}` needs it", by)
    if isinstance(item, ClusterRoleBinding):
        for part in parts(graph, item).of("rbac.Subject"):
            kind = part.node.scalar("kind")
            if kind is not None and kind.text == "ServiceAccount" and not _may_be_present(part, "namespace"):
                yield Gap(("namespace",), kind, "a ClusterRoleBinding has no namespace of its own", kind)
    for part in parts(graph, item).of("core.ServiceSpec"):
        yield from _nameless_ports(part)


def _without_name(item: KubernetesObject) -> Iterator[Gap]:
    """Yield the gap of an object that nothing can be called by."""
    if (
        isinstance(item, ConfigurationFile)
        or item.group not in BUILTIN_GROUPS
        or item.group in _ASKED_GROUPS
        or item.kind in _NAMELESS
        or (item.group, item.kind) not in resources()
    ):
        return
    metadata = item.root.at("metadata")
    if metadata is None or (isinstance(metadata, Scalar) and metadata.is_null):
        yield Gap(("metadata",), item.root.scalar("kind") or item.root, "it holds the name")
    elif isinstance(metadata, Mapping) and not any(key.opaque for key, _ in metadata.pairs()):
        name, prefix = metadata.at("name"), metadata.at("generateName")
        if _empty(name) and _empty(prefix):
            yield Gap(("name",), item.root.key("metadata") or metadata, "")


def _nameless_ports(service: Part) -> Iterator[Gap]:
    """Yield the ports without name of a Service that has several."""
    ports = [port for port in service.node.items_at("ports") if isinstance(port, Mapping)]
    if len(ports) < 2:
        return
    for port in ports:
        name = port.at("name")
        if _empty(name) and not any(key.opaque for key, _ in port.pairs()):
            node = port.scalar("port") or port
            yield Gap(("name",), node, "each port of a Service with several needs one")


def _empty(node: Node | None) -> bool:
    return node is None or (isinstance(node, Scalar) and (node.is_null or not node.text))


class _Unions(NamedTuple):
    """The choices and the discriminated fields of an object that are worth a closer look."""

    choices: list[tuple[Part, Choice]]
    discriminated: list[tuple[Part, Discriminated]]


def _unions(graph: Graph, item: KubernetesObject) -> _Unions:
    """Return what may be wrong with the unions of an object: of nearly all, one look at the keys says nothing is."""
    return graph.once(("unions", id(item.root)), lambda: _doubtful(graph, item))


def _doubtful(graph: Graph, item: KubernetesObject) -> _Unions:
    found = _Unions([], [])
    known, ruled = _named_choices(), discriminated()
    for definition, listed in parts(graph, item).by_definition.items():
        entry = known.get(definition)
        if entry is not None:
            names, choice = entry
            for part in listed:
                given = names.intersection(part.node.index)
                if len(given) > 1 or (choice.needed and not any(_is_set(part, name) for name in given)):
                    found.choices.append((part, choice))
        for rule in ruled.get(definition, ()):
            found.discriminated.extend([(part, rule) for part in listed])
    found.discriminated.extend(discriminated_fields(item))
    return found


@cache
def _named_choices() -> dict[str, tuple[frozenset[str], Choice]]:
    return {
        definition: (frozenset(name for group in choice.groups for name in group), choice)
        for definition, choice in choices().items()
    }


def _is_set(part: Part, name: str) -> bool:
    """Tell whether a field has a value that is not empty."""
    value = part.node.get(name)
    if isinstance(value, Scalar):
        return not value.is_null and bool(value.text)
    return not isinstance(value, Sequence) or bool(value.children)


def _present(part: Part, name: str) -> Scalar | None:
    """Return the key of a field that is surely set: to something that is not empty and not only known later."""
    entry = part.node.index.get(name)
    if entry is None:
        return None
    key, value = entry
    if isinstance(value, Scalar):
        return None if value.is_null or not value.text or value.opaque else key
    if isinstance(value, Sequence):
        return key if value.children else None
    return key


def _may_be_present(part: Part, name: str) -> bool:
    """Tell whether a field is set or may turn out to be."""
    value = part.node.get(name)
    if value is None:
        return any(key.opaque for key, _ in part.node.entries) or _merges_opaque(part.node)
    return _is_set(part, name)


def _merges_opaque(node: Mapping) -> bool:
    return any(key.text == "<<" and isinstance(value, Scalar) for key, value in node.entries)


def say(names: Iterable[str]) -> str:
    """Return names as a choice: ``` `exec`, `grpc` or `httpGet` ```, the first few where they are many."""
    listed = [f"`{name}`" for name in names]
    if len(listed) > _MOST_NAMED:
        return ", ".join(listed[:_MOST_NAMED]) + " …"
    return joined(listed, "or")


_MOST_NAMED = 6
