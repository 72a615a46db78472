"""Calls with two limits, one of the program and one of its proxy, of which only one can ever act.

Source: Istio documentation, "Traffic Management": timeouts of application and mesh work independently, the more
restrictive one takes precedence.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.finding import Severity
from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.systems.istio.chains import call_graph
from kubelint.systems.istio.patience import Wait
from kubelint.systems.istio.reach import Cut, budget_cuts
from kubelint.systems.kubernetes.duration import show_duration
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Node


class Rival(NamedTuple):
    """A limit that never acts: its value, the value that acts before it, and the words."""

    owner: KubernetesObject
    node: Node
    other: Node
    headline: str
    label: str
    reason: str
    help: str
    severity: Severity
    path: tuple[Entity, ...]


def rivals(graph: Graph) -> Iterator[Rival]:
    """Yield each limit of a route that its callers undercut, and each of a caller that all routes undercut."""
    for cut in budget_cuts(graph):
        call = cut.edge.call
        if cut.cut is Cut.RIVAL and call is not None and call.timeout_node is not None:
            own = show_duration(cut.limit)
            caller, callee = cut.edge.caller.name, cut.edge.services[0].name
            retried = "=" in cut.arithmetic
            yield Rival(
                cut.owner,
                cut.node,
                call.timeout_node,
                f"`{caller}` gives up on `{callee}` after {own}, before its proxy does",
                f"{cut.arithmetic}: " + ("the retries are cut off" if retried else "this timeout never acts"),
                f"the program itself waits {own}",
                f"let the route end before {own}, or let the program wait longer",
                Severity.WARNING if retried else Severity.INFO,
                cut.path,
            )
    calls = call_graph(graph)
    for edge in calls.edges:
        node = None if edge.call is None else edge.call.timeout_node
        waits = calls.over(edge)
        if node is None or edge.own_timeout is None or not waits:
            continue
        shorter = [wait for wait in waits if _ends_before(wait, edge.own_timeout)]
        if len(shorter) < len(waits):
            continue
        last = max(shorter, key=lambda wait: (wait.policy and wait.policy.longest) or 0)
        if last.policy is None or last.policy.longest is None or last.policy.longest_node is None:
            continue
        ends = show_duration(last.policy.longest)
        yield Rival(
            edge.caller,
            node,
            last.policy.longest_node,
            f"the proxy gives up on `{edge.services[0].name}` after {ends}, before `{edge.caller.name}` does",
            "this timeout never acts",
            f"the route ends after {ends}",
            f"let the program wait less than {ends}, or let the route wait longer",
            Severity.INFO,
            (edge.caller, edge.services[0], *([last.service] if last.service is not None else [])),
        )


def _ends_before(wait: Wait, own: int) -> bool:
    return wait.policy is not None and wait.policy.longest is not None and wait.policy.longest < own
