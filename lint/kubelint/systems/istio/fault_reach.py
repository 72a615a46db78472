"""Injected faults that no request can meet, because the versions that would meet them get no requests.

Source: Istio documentation, "Fault Injection" (the fault is injected by the proxy of the caller of the faulty host).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.systems.istio.chains import CallGraph, call_graph
from kubelint.systems.istio.edges import Edge
from kubelint.systems.istio.model import HttpRoute, VirtualService
from kubelint.systems.istio.timeouts import InjectedAbort, InjectedDelay
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Scalar


class UnmetFault(NamedTuple):
    """A fault whose callers get no requests: ``caller`` is one of them, ``routing`` what leads requests past it."""

    service: VirtualService
    key: Scalar
    kind: str
    caller: KubernetesObject
    routing: VirtualService
    path: tuple[Entity, ...]


def unmet_faults(graph: Graph) -> Iterator[UnmetFault]:
    """Yield each fault on the way of calls that no routed version makes."""
    for service in graph.subjects(VirtualService):
        for route in service.http:
            found = _fault(route)
            if found is not None and route.bound(to_mesh=True):
                yield from _unmet(call_graph(graph), service, route, *found)


def _fault(route: HttpRoute) -> tuple[Scalar, str] | None:
    fault = route.node.mapping("fault")
    for kind, active in (("delay", InjectedDelay.of(route)), ("abort", InjectedAbort.of(route))):
        key = None if fault is None else fault.key(kind)
        if active is not None and key is not None:
            return key, kind
    return None


def _unmet(calls: CallGraph, service: VirtualService, route: HttpRoute, key: Scalar, kind: str) -> Iterator[UnmetFault]:
    edges = calls.edges_of(service, route)
    past: tuple[Edge, VirtualService] | None = None
    for edge in edges:
        routing = calls.led_past(edge.caller, route.matches)
        if routing is None:
            return  # some request may reach this caller
        past = past or (edge, routing)
    if past is not None:
        edge, routing = past
        path = (routing, edge.caller, edge.services[0], service)
        yield UnmetFault(service, key, kind, edge.caller, routing, path)
