"""Whether two objects surely live in one namespace of one cluster.

``graph.query.fits`` answers whether they *may*, which is enough to excuse an object. To accuse one, its neighbour must
be there for certain: a repository may hold several clusters, and a namespace that is not written down may be any.
"""

from __future__ import annotations

from typing import TypeVar

from kubelint.graph.model import Unit
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import alternatives
from kubelint.systems.kubernetes.model import KubernetesObject

T = TypeVar("T", bound=KubernetesObject)

#: Folder names that tell clusters or stages apart: what lies in one is not applied with what lies in another.
_STAGES = frozenset(
    {
        "acceptance", "canary", "ci", "demo", "dev", "development", "integration", "int", "live", "local", "preprod",
        "preproduction", "prod", "production", "qa", "sandbox", "stage", "staging", "stg", "test", "testing", "uat",
    }
)  # fmt: skip


def share_namespace(graph: Graph, one: KubernetesObject, other: KubernetesObject) -> bool:
    """Tell whether two namespaced objects surely live in the same namespace of the same cluster.

    They do in one unit, if both are written to the same namespace or both to none. Objects of two units must name the
    namespace, and the units must not be alternatives of each other.
    """
    if one is other:
        return True
    if one.namespace != other.namespace:
        return False
    if one.unit is other.unit:
        return alternatives.together(graph, one, other)
    return bool(one.namespace) and units_together(graph, one.unit, other.unit)


def units_together(graph: Graph, one: Unit, other: Unit) -> bool:
    """Tell whether two units can be parts of one cluster: no stages of each other, and no object is in both."""
    if one is other:
        return True
    first, second = sorted((one, other), key=lambda unit: (unit.path, unit.kind))

    def judge() -> bool:
        return not _stages(first.path, second.path) and _names(graph, first).isdisjoint(_names(graph, second))

    return graph.once(("applied together", id(first), id(second)), judge)


def _names(graph: Graph, unit: Unit) -> frozenset[tuple[str, str, str]]:
    """Return kind, namespace and name of the objects of a unit."""

    def collect() -> frozenset[tuple[str, str, str]]:
        return frozenset(
            (item.key.kind, item.namespace, item.name)
            for item in unit.resources
            if isinstance(item, KubernetesObject) and item.name
        )

    return graph.once(("names", id(unit)), collect)


def by_namespace(graph: Graph, kind: type[T]) -> dict[str, list[T]]:
    """Return the objects of a class by the namespace that they are in; empty: where none is written down."""

    def collect() -> dict[str, list[T]]:
        found: dict[str, list[T]] = {}
        for item in graph.subjects(kind):
            found.setdefault(item.namespace, []).append(item)
        return found

    return graph.once(("by namespace", kind), collect)


def _stages(one: str, other: str) -> bool:
    """Tell whether two paths part at folders of which one names a stage: ``apps/prod/web`` and ``apps/test/web``."""
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right:
            return left.lower() in _STAGES or right.lower() in _STAGES
    return False
