"""Which Namespace an object is in.

Namespaces often live elsewhere, so one that no file creates is a slip only if a name of the unit is near to it and is
one that as many objects are in, or if it is nearly one that every cluster has. Only slips become references: every
object is in some namespace.
"""

from __future__ import annotations

from collections import Counter

from kubelint.graph.model import Entity, Key, Reference, Resolution, Unit
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace
from kubelint.systems.kubernetes.refer import SYSTEM, WELL_KNOWN


def link(graph: Graph) -> None:
    """Add a reference for each object whose namespace is a slip."""
    created = bool(graph.subjects(Namespace))
    members: Counter[str] = Counter(
        node.text for item in graph.subjects(KubernetesObject) if (node := item.namespace_node) is not None
    )
    meant: dict[tuple[int, str], tuple[Entity, ...]] = {}
    slips = {name for name in members if _nearly_built_in(graph, name)}
    for item in graph.subjects(KubernetesObject):
        node = item.namespace_node
        if node is None or node.opaque or item.cluster_scoped or item.namespace != node.text:
            continue
        place = (id(item.unit), node.text)
        if place not in meant:
            meant[place] = _meant(graph, item.unit, node.text, members) if created else ()
        wanted = Key(SYSTEM, "Namespace", "", node.text)
        if meant[place]:
            graph.add_reference(
                Reference("lives-in", item, node, wanted, Resolution.NEAR_MISS, candidates=meant[place])
            )
        elif node.text in slips:
            graph.add_reference(Reference("lives-in", item, node, wanted, Resolution.UNKNOWN))


def _meant(graph: Graph, unit: Unit, name: str, members: Counter[str]) -> tuple[Entity, ...]:
    """Return the Namespaces of a unit that a name was probably meant to be; none where it may exist."""
    wanted = Key(SYSTEM, "Namespace", "", name)
    if name in WELL_KNOWN["Namespace"] or unit.incomplete or graph.find(wanted) or graph.is_external(wanted):
        return ()
    return tuple(found for found in graph.near(wanted, unit) if members[found.name] + 1 > members[name])


def _nearly_built_in(graph: Graph, name: str) -> bool:
    """Tell whether a namespace that nobody creates is nearly one that every cluster has."""
    built_in = WELL_KNOWN["Namespace"]
    wanted = Key(SYSTEM, "Namespace", "", name)
    if name in built_in or not nearest(name, built_in):
        return False
    return not graph.find(wanted) and not graph.is_external(wanted)
