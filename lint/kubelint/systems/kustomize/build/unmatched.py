"""Why a selector selects nothing: which of its fields is to blame, and what it could say instead."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.suggest import NameIndex
from kubelint.systems.kustomize.build.identity import Identity, text
from kubelint.systems.kustomize.build.rendered import Rendered
from kubelint.systems.kustomize.build.selector import ExactSelector, Selector
from kubelint.systems.kustomize.build.transformers import Replicas
from kubelint.systems.kustomize.build.watch import Idle, IdlePatch, IdleReplacement, IdleReplicas
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Node, Scalar

#: One field of a selector: its name, the node of its value, and the values that would select something.
Part = tuple[str, Node, dict[str, Node]]
#: So many objects are looked at for what a selector could say.
_MOST = 500
_FIELDS = ("name", "namespace", "kind", "version", "group")


def idle_selector(kind: type[Idle], owner: Kustomization, selector: Selector, items: list[Rendered]) -> Idle:
    """Return the fact that the selector of a patch selects none of the items."""

    def parts() -> Iterator[Part]:
        for field in selector.patterns:
            node = selector.node.get(field)
            if node is not None:
                yield field, node, _values(field, selector.without(field, items))

    return _blamed(kind(owner=owner, node=selector.node), list(parts()))


def idle_target(owner: Kustomization, select: Node, items: list[Rendered]) -> Idle:
    """Return the fact that the selector of a replacement selects none of the items."""
    selector = ExactSelector.of(select)

    def selected(field: str) -> list[Rendered]:
        wanted = selector.without(field)
        return [item for item in items if any(wanted.selects(identity) for identity in item.identities)]

    parts = [
        (field, node, _values(field, selected(field)))
        for field in _FIELDS
        if (node := select.get(field)) is not None and text(node)
    ]
    return _blamed(IdleReplacement(owner=owner, node=select), parts)


def idle_merge(owner: Kustomization, patch: Rendered, items: list[Rendered]) -> Idle:
    """Return the fact that a strategic merge patch names none of the items."""
    wanted = patch.identity

    def selected(field: str) -> list[Rendered]:
        return [item for item in items if any(_same_but(identity, wanted, field) for identity in item.identities)]

    places = {
        "name": patch.root.at("metadata", "name"),
        "namespace": patch.root.at("metadata", "namespace") or patch.root.at("metadata", "name"),
        "apiVersion": patch.root.get("apiVersion"),
        "kind": patch.root.get("kind"),
    }
    parts = [(field, node, _values(field, selected(field))) for field, node in places.items() if node is not None]
    idle = _blamed(IdlePatch(owner=owner, node=patch.place, fatal=True), parts)
    if idle.part == "namespace":
        idle.wanted = text(patch.root.at("metadata", "namespace"))
    return idle


def idle_replicas(owner: Kustomization, replicas: Replicas, place: Node, items: list[Rendered]) -> Idle:
    """Return the fact that nothing with replicas has the name that an entry wants."""
    known = {
        item.original.name: item.place
        for item in items
        if any(spec.gvk.selects(item.gvk) for spec in replicas.table.specs)
    }
    idle = IdleReplicas(owner=owner, node=place, known=known, part="name", wanted=replicas.name, fatal=True)
    idle.uncertain = isinstance(place, Scalar) and place.opaque
    return idle


def _same_but(one: Identity, other: Identity, field: str) -> bool:
    """Tell whether two identities are the same, one field left out."""
    if field == "apiVersion":
        return one.gvk.kind == other.gvk.kind and one.name == other.name and one.namespace == other.namespace
    if field == "kind":
        return one.name == other.name and one.namespace == other.namespace
    if field == "namespace":
        return one.gvk == other.gvk and one.name == other.name
    return one.gvk == other.gvk and one.namespace == other.namespace


def _values(field: str, items: list[Rendered]) -> dict[str, Node]:
    """Return what the items have in a field, each with its place; of names and namespaces the first ones."""
    found: dict[str, Node] = {}
    for item in items[:_MOST]:
        if field == "name":
            found.setdefault(item.original.name, item.place)
        elif field == "namespace":
            found.setdefault(item.namespace, item.root.at("metadata", "namespace") or item.place)
        elif field == "apiVersion":
            found.setdefault(item.gvk.api_version, item.root.get("apiVersion") or item.place)
        else:
            found.setdefault(getattr(item.gvk, field), item.root.get("kind") or item.place)
    return found


def _blamed(idle: Idle, parts: list[Part]) -> Idle:
    """Return the fact with the field to blame: one whose value is a near miss, else the one that alone is wrong."""
    idle.uncertain = any(isinstance(node, Scalar) and node.opaque for _, node, _ in parts)
    for field, node, known in parts:
        near = NameIndex(known).nearest(text(node))
        if near:
            idle.part, idle.node, idle.wanted = field, node, text(node)
            idle.known = {name: known[name] for name in near}
            return idle
    # Of several that would do, the name is the last to doubt: an object of that name is meant.
    for field, node, known in sorted(parts, key=lambda part: part[0] == "name"):
        if known:
            idle.part, idle.node, idle.wanted, idle.known = field, node, text(node), known
            return idle
    return idle
