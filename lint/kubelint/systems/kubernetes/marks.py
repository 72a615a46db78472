"""Where an object uses labels and annotations that Kubernetes is giving up.

A label of nodes is used by whatever selects nodes, in any resource: a ``nodeSelector`` map, an expression, a topology
key, a selector written as text (Calico's ``has(node-role.kubernetes.io/master)``). Tolerations and taints are no uses:
a toleration for a taint that nobody sets any more does no harm.

Source: Kubernetes documentation, "Well-Known Labels, Annotations and Taints" (see the head of ``deprecations.json``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.source import SourceFile, Span
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import parse_version, target
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint_schemas.kubernetes.deprecations import Mark, marks

_DEPTH = 60
#: Keys below which a label is no use of it: what the object is called or tolerates itself, and free text.
_OTHER = frozenset(
    {"tolerations", "taints", "labels", "annotations", "data", "stringData", "binaryData", "env", "args"}
)
_MAPS = frozenset({"nodeSelector", "matchLabels", "selector"})
#: Alternatives: a selector that names the new label as well works on old and new clusters.
_ALTERNATIVES = frozenset({"nodeSelectorTerms", "preferredDuringSchedulingIgnoredDuringExecution"})


class MarkUse(NamedTuple):
    """A deprecated label or annotation and where it stands; ``removed``: nobody sets or reads it at the target."""

    mark: Mark
    node: Scalar
    span: Span
    removed: bool


def mark_uses(graph: Graph, item: KubernetesObject) -> list[MarkUse]:
    """Return the uses of deprecated labels and annotations in an object, at the targeted version."""
    return graph.once(("mark uses", id(item.root)), lambda: list(_uses(graph, item)))


def reached(graph: Graph, version: str | None) -> bool:
    """Tell whether the targeted version is the given one or a later one; never where none is given."""
    if version is None:
        return False
    wanted, given = parse_version(target(graph)), parse_version(version)
    return wanted is not None and given is not None and wanted >= given


def _uses(graph: Graph, item: KubernetesObject) -> Iterator[MarkUse]:
    for mark in _marks_in(graph, item.source):
        removed = reached(graph, mark.removed_in)
        if not removed and not reached(graph, mark.deprecated_in):
            continue
        if mark.kinds and item.kind not in mark.kinds:
            continue
        found = _selecting(item, mark) if mark.on == "node" else _carried(item, mark)
        for node, span in found:
            yield MarkUse(mark, node, span, removed)


def _marks_in(graph: Graph, source: SourceFile) -> tuple[Mark, ...]:
    """Return the marks whose key occurs in a file at all: most files have none and are not walked."""
    return graph.once(("marks in", id(source)), lambda: tuple(mark for mark in marks() if mark.key in source.text))


def _carried(item: KubernetesObject, mark: Mark) -> Iterator[tuple[Scalar, Span]]:
    """Yield the keys of labels or annotations of an object and its pod templates."""
    section = "labels" if mark.on == "label" else "annotations"
    holders = [item.root.at("metadata"), *(template.metadata for template in item.pod_templates())]
    seen: set[int] = set()
    for holder in holders:
        for key, _ in () if holder is None else holder.pairs_at(section):
            fits = key.text.startswith(mark.key) if mark.prefix else key.text == mark.key
            if fits and id(key) not in seen:
                seen.add(id(key))
                yield key, key.span


def _selecting(item: KubernetesObject, mark: Mark) -> Iterator[tuple[Scalar, Span]]:
    if item.kind == "Node":
        return
    for key, value in item.root.entries:
        if key.text not in ("metadata", "status"):
            yield from _below(value, key.text, mark, 0)


def _below(node: Node, name: str, mark: Mark, depth: int) -> Iterator[tuple[Scalar, Span]]:
    """Yield the uses below a node that stands behind the key ``name``."""
    if name in _OTHER or depth > _DEPTH:
        return
    if isinstance(node, Mapping):
        for key, value in node.entries:
            if key.text == mark.key:
                if name in _MAPS or name.endswith("Selector"):
                    yield key, key.span
            else:
                yield from _below(value, key.text, mark, depth + 1)
    elif isinstance(node, Sequence):
        found = [use for child in node.children for use in _below(child, name, mark, depth + 1)]
        if found and not (name in _ALTERNATIVES and _mentions(node, mark.instead)):
            yield from found
    elif isinstance(node, Scalar) and mark.key in node.text:
        if node.text == mark.key and name in ("key", "topologyKey"):
            yield node, node.span
        elif "elector" in name and not (mark.instead is not None and mark.instead in node.text):
            start = node.text.index(mark.key)
            yield node, node.part(start, start + len(mark.key))


def _mentions(node: Node, text: str | None) -> bool:
    return text is not None and any(isinstance(each, Scalar) and each.text == text for each in node.walk())
