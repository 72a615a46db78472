"""Words and places for findings about call chains: who waits, where it says so, what happens there."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.systems.istio.edges import Edge
from kubelint.systems.istio.patience import Wait
from kubelint.systems.kubernetes.duration import show_duration
from kubelint.tree.node import Node

Place = Node | Span | Entity
_MOST = 3


def who(wait: Wait) -> str:
    """Return who waits: a workload, or the gateway of a VirtualService."""
    return f"the gateway of `{wait.caller.name}`" if wait.edge.from_gateway else f"`{wait.caller.name}`"


def breaks_off(waits: Iterable[Wait]) -> list[tuple[Place, str]]:
    """Return the values that end the attempts of some callers, each once, and in words what happens there."""
    places: dict[tuple[str, int, int], tuple[Place, str]] = {}
    for wait in waits:
        if wait.node is None:
            continue
        tries = f", on each of {wait.tries} tries" if wait.tries > 1 else ""
        proxy = "" if wait.by_caller or wait.edge.from_gateway else "the proxy of "
        lasting = show_duration(wait.time or 0)
        text = f"{proxy}{who(wait)} gives up on `{wait.edge.services[0].name}` after {lasting}{tries}"
        places.setdefault(wait.node.span.key, (wait.node, text))
    return list(places.values())[:_MOST]


def retry_counts(waits: Iterable[Wait]) -> list[tuple[Place, str]]:
    """Return the numbers that make one request several, from the outermost caller down."""
    found: list[tuple[Place, str]] = []
    for wait in waits:
        call, policy, callee = wait.edge.call, wait.policy, wait.edge.services[0].name
        if call is not None and call.attempts_node is not None and call.attempts > 1:
            found.append((call.attempts_node, f"{who(wait)} tries `{callee}` {call.attempts} times"))
        if policy is not None and policy.explicit and policy.retries_node is not None and policy.retries > 0:
            found.append((policy.retries_node, f"the route to `{callee}` allows {policy.tries} tries"))
    return found


def call_place(graph: Graph, edge: Edge) -> Place:
    """Return where a call is said to be: the annotation or the variable, else the caller."""
    for reference in graph.outgoing(edge.caller, "calls"):
        if any(target in edge.services for target in reference.targets):
            return reference.node
    return edge.caller
