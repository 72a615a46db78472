"""In which order Drone takes what ``depends_on`` names, and circles in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from kubelint.graph.model import Reference
from kubelint.systems.drone.model import DroneStep

if TYPE_CHECKING:
    import networkx as nx


class Order(Enum):
    """Where the thing that is waited for stands."""

    EARLIER = "earlier"
    LATER = "later"
    SELF = "self"
    #: It does not exist, or nobody knows.
    NOWHERE = "nowhere"


@dataclass(slots=True, eq=False)
class Dependency:
    """What a ``depends-on`` reference carries: ``step`` is None where a pipeline waits for a pipeline.

    ``tangled`` says that what waits and what is waited for wait for each other, so that no order helps; ``cycle`` are
    the references of the circle that stands for the knot, in order; only the first of them in the file has it.
    """

    step: DroneStep | None
    order: Order
    tangled: bool = False
    cycle: tuple[Reference, ...] = ()


def mark_cycles(edges: Sequence[tuple[int, int, Reference]]) -> None:
    """Tell each reference whether it is tangled, and the first one of a circle in each knot of what the circle is made.

    An edge says which thing (by its position) waits for which; the references carry a :class:`Dependency`.
    """
    if not any(source < target for source, target, _ in edges):
        return
    import networkx as nx  # 126 ms: imported only for a file in which something waits for what comes later

    network: nx.DiGraph[Any] = nx.DiGraph()
    for source, target, reference in edges:
        if source != target:
            network.add_edge(source, target, reference=reference)
    knots = [sorted(knot) for knot in nx.strongly_connected_components(network) if len(knot) > 1]
    membership = {thing: number for number, knot in enumerate(knots) for thing in knot}
    for source, target, reference in edges:
        if isinstance(reference.detail, Dependency) and source != target and source in membership:
            reference.detail.tangled = membership[source] == membership.get(target)
    for knot in knots:
        steps = nx.find_cycle(network.subgraph(knot), source=knot[0])
        circle: list[Reference] = [network.edges[source, target]["reference"] for source, target in steps]
        first = min(range(len(circle)), key=lambda place: circle[place].node.start)
        detail = circle[first].detail
        if isinstance(detail, Dependency):
            detail.cycle = (*circle[first:], *circle[:first])
