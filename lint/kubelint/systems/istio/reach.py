"""What takes longer than anybody above it waits: delays that fail a caller, timeouts that never fire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.systems.istio.chains import CallGraph, Edge, Patience, Wait, call_graph
from kubelint.systems.istio.model import HttpRoute, VirtualService
from kubelint.systems.istio.timeouts import InjectedDelay, RoutePolicy, shortest
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Scalar


@dataclass(frozen=True, slots=True)
class DelayCut:
    """An injected delay that a caller does not wait for.

    ``edge`` is the call that is delayed, ``wait`` the attempt that ends before the delay is over: of the delayed call
    itself (``direct``) or of one further up. ``path`` leads from that caller down to the delayed VirtualService.
    """

    service: VirtualService
    delay: InjectedDelay
    edge: Edge
    wait: Wait
    path: tuple[Entity, ...]

    @property
    def direct(self) -> bool:
        """Whether the caller whose request is delayed gives up itself, so that only its own fallback is tested."""
        return self.wait.edge is self.edge


@dataclass(frozen=True, slots=True)
class BudgetCut:
    """A timeout that never fires, because every known caller has given up before.

    ``node`` is the value and ``time`` what it allows, all tries included (``tries`` of ``each``); ``owner`` the
    VirtualService or the workload that it stands in; ``edge`` the call that it is about.
    """

    owner: KubernetesObject
    node: Scalar
    time: int
    each: int
    tries: int
    edge: Edge
    wait: Wait
    path: tuple[Entity, ...]


def delay_cuts(graph: Graph) -> Iterator[DelayCut]:
    """Yield each injected delay with the callers that it outlasts: all nearest ones, else one further up."""
    calls = call_graph(graph)
    for service in graph.subjects(VirtualService):
        for route in service.http:
            delay = InjectedDelay.of(route)
            if delay is not None:
                for edge in calls.edges_of(service, route):
                    yield from _delayed(calls, service, delay, edge)


def _delayed(calls: CallGraph, service: VirtualService, delay: InjectedDelay, edge: Edge) -> Iterator[DelayCut]:
    below: tuple[Entity, ...] = (edge.services[0], service)
    lasts = delay.time
    if edge.own_timeout is not None:
        if edge.own_timeout < delay.time:
            yield DelayCut(service, delay, edge, Wait(edge, edge.own_timeout), (edge.caller, *below))
        # The caller answers at the latest when its own attempts are over.
        lasts = min(lasts, edge.own_attempts * edge.own_timeout)
    below = (edge.caller, *below)
    cut = False
    for wait in calls.waits(edge.caller):
        if wait.time is not None and wait.time < lasts:
            cut = True
            yield DelayCut(service, delay, edge, wait, (wait.caller, wait.edge.services[0], *below))
    for wait in () if cut else calls.way_to_tightest(edge.caller):
        below = (wait.caller, wait.edge.services[0], *below)
        if wait.time is not None and wait.time < lasts:
            yield DelayCut(service, delay, edge, wait, below)
            return


def budget_cuts(graph: Graph) -> Iterator[BudgetCut]:
    """Yield each timeout of a route or of a caller that no known caller above it waits for."""
    calls = call_graph(graph)
    for service in graph.subjects(VirtualService):
        for route in service.http:
            yield from _route_cut(calls, service, route)
    for edge in calls.edges:
        yield from _own_cut(calls, edge)


def _route_cut(calls: CallGraph, service: VirtualService, route: HttpRoute) -> Iterator[BudgetCut]:
    policy = RoutePolicy.of(route)
    time, node = policy.longest, policy.longest_node
    if time is None or node is None or route.delegated:
        return
    most: tuple[Patience, Edge] | None = None
    for edge in calls.edges_of(service, route):
        limits = [calls.patience(edge.caller)]
        if edge.own_timeout is not None:
            limits.append(Patience(Wait(edge, edge.own_timeout), ()))
        known = min((limit for limit in limits if limit is not None), key=lambda limit: limit.time, default=None)
        if known is None or known.time >= time:
            return  # somebody waits long enough
        if most is None or known.time > most[0].time:
            most = known, edge
    if most is not None:
        patience, edge = most
        tries = time // policy.per_try if policy.per_try and node is policy.per_try_node else 1
        path = (*_way(patience, edge), edge.services[0], service)
        yield BudgetCut(service, node, time, time // tries, tries, edge, patience.wait, path)


def _own_cut(calls: CallGraph, edge: Edge) -> Iterator[BudgetCut]:
    """Yield the caller's own budget for a call where its callers do not wait for it."""
    call, patience = edge.call, calls.patience(edge.caller)
    if call is None or call.timeout is None or call.timeout_node is None or patience is None:
        return
    waits = calls.over(edge)
    mesh = [wait.policy.longest if wait.policy is not None else None for wait in waits] or [None]
    each = max(shortest((call.timeout, limit)) or 0 for limit in mesh)
    time = each * call.attempts
    if time <= patience.time or each < call.timeout:
        return
    node = call.timeout_node if each > patience.time or call.attempts_node is None else call.attempts_node
    path = (*_way(patience, edge), edge.services[0])
    yield BudgetCut(edge.caller, node, time, each, call.attempts, edge, patience.wait, path)


def _way(patience: Patience, edge: Edge) -> tuple[Entity, ...]:
    """Return the way from the caller that gives up first down to the caller of an edge."""
    if patience.wait.edge is edge:
        return (edge.caller,)
    return (patience.wait.caller, patience.wait.edge.services[0], *patience.chain)
