"""What takes longer than anybody above it waits: delays that fail a caller, timeouts that never fire."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.systems.istio.chains import CallGraph, call_graph
from kubelint.systems.istio.edges import Edge
from kubelint.systems.istio.model import HttpRoute, VirtualService
from kubelint.systems.istio.patience import Patience, Wait
from kubelint.systems.istio.timeouts import Budget, InjectedDelay, RoutePolicy
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Scalar


class DelayCut(NamedTuple):
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


class Cut(Enum):
    """What becomes of a budget that somebody above it does not wait for."""

    UNREACHABLE = "nobody can see it end"
    ABANDONED = "only a later attempt could see it end"
    RIVAL = "the caller itself gives up before"


class BudgetCut(NamedTuple):
    """A timeout that no known caller waits for; the most patient one gives up as ``wait`` says.

    ``node`` is the value and ``time`` what it allows, all tries included, ``arithmetic`` how that comes about;
    ``owner`` is the VirtualService or the workload that it stands in, ``edge`` the call that it is about, ``limit`` how
    long the callers wait.
    """

    cut: Cut
    owner: KubernetesObject
    node: Scalar
    time: int
    arithmetic: str
    edge: Edge
    wait: Wait
    limit: int
    path: tuple[Entity, ...]


def delay_cuts(graph: Graph) -> list[DelayCut]:
    """Return each injected delay with the callers that it outlasts: all nearest ones, else one further up."""

    def collect() -> list[DelayCut]:
        cuts: list[DelayCut] = []
        for service in graph.subjects(VirtualService):
            for route in service.http:
                delay = InjectedDelay.of(route)
                if delay is not None:
                    calls = call_graph(graph)  # only where something is delayed
                    for edge in calls.edges_of(service, route):
                        cuts += _delayed(calls, service, delay, edge)
        return cuts

    return graph.once("istio delay cuts", collect)


def _delayed(calls: CallGraph, service: VirtualService, delay: InjectedDelay, edge: Edge) -> Iterator[DelayCut]:
    below: tuple[Entity, ...] = (edge.services[0], service)
    lasts = delay.time
    if edge.own_timeout is not None:
        if edge.own_timeout < delay.time:
            yield DelayCut(service, delay, edge, Wait(edge, Budget(edge.own_timeout)), (edge.caller, *below))
        # The caller answers at the latest when its own attempts are over.
        lasts = min(lasts, edge.budget(None).total or lasts)
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


def budget_cuts(graph: Graph) -> list[BudgetCut]:
    """Return each timeout of a route or of a caller that no known caller above it waits for."""

    def collect() -> list[BudgetCut]:
        calls = call_graph(graph)
        cuts: list[BudgetCut] = []
        for service in graph.subjects(VirtualService):
            for route in service.http:
                cuts += _route_cut(calls, service, route)
        for edge in calls.edges:
            cuts += _own_cut(calls, edge)
        return cuts

    return graph.once("istio budget cuts", collect)


def _route_cut(calls: CallGraph, service: VirtualService, route: HttpRoute) -> Iterator[BudgetCut]:
    policy = RoutePolicy.of(route)
    time, node = policy.longest, policy.longest_node
    if time is None or node is None or route.delegated:
        return
    found: list[tuple[Cut, Patience, Edge]] = []
    for edge in calls.edges_of(service, route):
        if edge.own_timeout is not None and edge.own_timeout < time:
            own = Patience(Wait(edge, Budget(edge.own_timeout)), (), edge.own_timeout)
            found.append((Cut.RIVAL, own, edge))
            continue
        judged = _judge(calls, edge.caller, time)
        if judged is None:
            return  # somebody waits long enough
        found.append((*judged, edge))
    if not found:
        return
    cut, patience, edge = max(found, key=lambda entry: (_KINDNESS[entry[0]], entry[1].time))
    path = (*_way(patience, edge), edge.services[0], service)
    arithmetic = Budget(policy=policy).arithmetic
    yield BudgetCut(cut, service, node, time, arithmetic, edge, patience.wait, patience.time, path)


def _own_cut(calls: CallGraph, edge: Edge) -> Iterator[BudgetCut]:
    """Yield the caller's own budget for a call where its callers do not wait for it."""
    call = edge.call
    if call is None or call.timeout is None or call.timeout_node is None:
        return
    budgets = [wait.budget for wait in calls.over(edge)] or [edge.budget(None)]
    budget = max(budgets, key=lambda entry: entry.once or 0)
    time = budget.total
    judged = None if time is None else _judge(calls, edge.caller, time)
    if time is None or judged is None or budget.once != call.timeout:
        return
    cut, patience = judged
    node = call.timeout_node if call.timeout > patience.time or call.attempts_node is None else call.attempts_node
    path = (*_way(patience, edge), edge.services[0])
    yield BudgetCut(cut, edge.caller, node, time, budget.arithmetic, edge, patience.wait, patience.time, path)


def _judge(calls: CallGraph, caller: KubernetesObject, time: int) -> tuple[Cut, Patience] | None:
    """Return what becomes of a budget of that length; None where somebody waits, or nobody is known to call."""
    endurance = calls.endurance(caller)
    if endurance is not None and endurance.time < time:
        return Cut.UNREACHABLE, endurance
    patience = calls.patience(caller)
    if patience is not None and patience.time < time and patience.wait.tries > 1:
        return Cut.ABANDONED, patience
    return None


def _way(patience: Patience, edge: Edge) -> tuple[Entity, ...]:
    """Return the way from the caller that gives up first down to the caller of an edge."""
    if patience.wait.edge is edge:
        return (edge.caller,)
    return (patience.wait.caller, patience.wait.edge.services[0], *patience.chain)


#: Of several callers the one that comes nearest to waiting is reported.
_KINDNESS = {Cut.UNREACHABLE: 0, Cut.RIVAL: 1, Cut.ABANDONED: 2}
