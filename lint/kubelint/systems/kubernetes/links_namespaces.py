"""Which Namespace an object is in.

Namespaces often live elsewhere, so one that no file creates is a slip only if a name of the unit is near to it and is
one that as many objects are in. Only slips become references: every object is in some namespace.
"""

from __future__ import annotations

from collections import Counter

from kubelint.graph.model import Entity, Key, Reference, Resolution, Unit
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace
from kubelint.systems.kubernetes.refer import SYSTEM, WELL_KNOWN


def link(graph: Graph) -> None:
    """Add a reference for each object whose namespace is a slip, where the repository creates Namespaces at all."""
    if not graph.subjects(Namespace):
        return
    members: Counter[str] = Counter(
        node.text for item in graph.subjects(KubernetesObject) if (node := item.namespace_node) is not None
    )
    meant: dict[tuple[int, str], tuple[Entity, ...]] = {}
    for item in graph.subjects(KubernetesObject):
        node = item.namespace_node
        if node is None or node.opaque or item.cluster_scoped or item.namespace != node.text:
            continue
        place = (id(item.unit), node.text)
        if place not in meant:
            meant[place] = _meant(graph, item.unit, node.text, members)
        if meant[place]:
            wanted = Key(SYSTEM, "Namespace", "", node.text)
            graph.add_reference(
                Reference("lives-in", item, node, wanted, Resolution.NEAR_MISS, candidates=meant[place])
            )


def _meant(graph: Graph, unit: Unit, name: str, members: Counter[str]) -> tuple[Entity, ...]:
    """Return the Namespaces of a unit that a name was probably meant to be; none where it may exist."""
    wanted = Key(SYSTEM, "Namespace", "", name)
    if name in WELL_KNOWN["Namespace"] or unit.incomplete or graph.find(wanted) or graph.is_external(wanted):
        return ()
    return tuple(found for found in graph.near(wanted, unit) if members[found.name] + 1 > members[name])
