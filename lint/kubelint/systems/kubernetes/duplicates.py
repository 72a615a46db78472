"""Entries of a list that have the same key, so that one of them is refused or lost.

Which lists have keys is said by their schema. What the API server refuses beyond that is kept here: names that must
differ across the containers of a pod, and names of ports. Ports of the host are judged with those of other pods.

Source: OpenAPI specification of Kubernetes, ``x-kubernetes-list-map-keys``; API reference, Container (`name`, `ports`),
ServicePort (`name`); Kubernetes documentation, "Server-Side Apply" (entries of a list with the same key are refused).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import ListKeys, Part, parts
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

#: What a key counts as where it is not written.
_DEFAULTS = {"protocol": "TCP", "whenUnsatisfiable": "DoNotSchedule"}
_NOUNS = {
    "containers": "containers",
    "initContainers": "init containers",
    "ephemeralContainers": "ephemeral containers",
    "volumes": "volumes",
    "volumeMounts": "mounts",
    "volumeDevices": "devices",
    "env": "variables",
    "ports": "ports",
    "listeners": "listeners",
    "imagePullSecrets": "pull secrets",
}
#: Lists in which the API server itself takes entries with the same key; it is server-side apply that refuses them.
_TAKEN = frozenset({"env", "imagePullSecrets", "secrets", "hostAliases", "ownerReferences"})
_SECTIONS = ("initContainers", "containers", "ephemeralContainers")


class Duplicate(NamedTuple):
    """Two entries with the same key. ``nouns``: what they are, in the plural; ``said``: the key in words."""

    nouns: str
    said: str
    field: str
    first: Node
    second: Node
    refused: bool


def duplicates(graph: Graph, item: KubernetesObject) -> Iterator[Duplicate]:
    """Yield each entry that repeats the key of an earlier one."""
    found = parts(graph, item)
    for keyed in found.lists:
        yield from _keyed(keyed) if keyed.keys else _set(keyed)
    for pod in found.of("core.PodSpec"):
        yield from _pod(pod)
    for service in found.of("core.ServiceSpec"):
        names = (port.scalar("name") for port in service.node.items_at("ports"))
        yield from _same(names, "ports", "the name", "ports", refused=True)


def _keyed(keyed: ListKeys) -> Iterator[Duplicate]:
    if keyed.holder.definition == "core.PodSpec" and keyed.name in _SECTIONS:
        return  # their names must differ across all three lists: see _pod
    seen: dict[tuple[str, ...], Mapping] = {}
    for entry in keyed.node.children:
        if not isinstance(entry, Mapping):
            continue
        key = _key(entry, keyed.keys)
        if key is None:
            continue
        first = seen.setdefault(key, entry)
        if first is entry or _is_meant(keyed, first, entry):
            continue
        node, other = entry.at(keyed.keys[0]) or entry, first.at(keyed.keys[0]) or first
        words = " and ".join(
            f"{name} `{text}`" for name, text in zip(keyed.keys, key, strict=True) if entry.at(name) is not None
        )
        refused = keyed.name not in _TAKEN and keyed.holder.definition not in (
            "core.Container",
            "core.EphemeralContainer",
        )
        refused = refused or keyed.name in ("volumeMounts", "volumeDevices")
        yield Duplicate(_NOUNS.get(keyed.name, "entries"), f"the {words}", keyed.name, other, node, refused)


def _key(entry: Mapping, names: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the key of an entry; None where a part of it is missing or only known later."""
    texts = []
    for name in names:
        node = entry.scalar(name)
        if node is None:
            default = _DEFAULTS.get(name)
            if default is None or entry.at(name) is not None:
                return None
            texts.append(default)
        elif node.opaque:
            return None
        else:
            texts.append(node.text)
    return tuple(texts)


def _is_meant(keyed: ListKeys, first: Mapping, second: Mapping) -> bool:
    """Tell whether an entry repeats a key for a reason.

    A variable may take up its own earlier value; a port of a container may have two names.
    """
    if keyed.name == "env":
        name, value = second.text_at("name"), second.text_at("value")
        return value is not None and f"$({name})" in value and value != f"$({name})"
    if keyed.name == "ports" and keyed.holder.definition in ("core.Container", "core.EphemeralContainer"):
        return first.text_at("name") != second.text_at("name") or first.text_at("hostPort") != second.text_at(
            "hostPort"
        )
    return False


def _set(keyed: ListKeys) -> Iterator[Duplicate]:
    items = (item for item in keyed.node.children if isinstance(item, Scalar))
    yield from _same(items, "entries", "the value", keyed.name, refused=False)


def _same(nodes: Iterable[Node | None], nouns: str, what: str, field: str, *, refused: bool) -> Iterator[Duplicate]:
    seen: dict[str, Scalar] = {}
    for node in nodes:
        if isinstance(node, Scalar) and node.text and not node.opaque:
            first = seen.setdefault(node.text, node)
            if first is not node:
                yield Duplicate(nouns, f"{what} `{node.text}`", field, first, node, refused)


def _pod(pod: Part) -> Iterator[Duplicate]:
    containers = [
        container
        for section in _SECTIONS
        if isinstance(listed := pod.node.at(section), Sequence)
        for container in listed.children
    ]
    names = (container.scalar("name") for container in containers)
    yield from _same(names, "containers", "the name", "name", refused=True)
    seen: dict[str, Scalar] = {}
    for container in containers:
        own: dict[str, Scalar] = {}
        for port in container.items_at("ports"):
            name = port.scalar("name")
            if name is None or name.opaque:
                continue
            first = own.setdefault(name.text, name)
            elsewhere = seen.setdefault(name.text, name)
            if first is not name:
                yield Duplicate("ports", f"the name `{name.text}`", "name", first, name, refused=True)
            elif elsewhere is not name:
                yield Duplicate("ports of the pod", f"the name `{name.text}`", "name", elsewhere, name, refused=False)
