"""What calls along a chain add up to: how many requests one request becomes, and how long calls in a row take.

Source: Istio documentation, "Traffic Management" (retries); Envoy documentation, "Router" (retry semantics).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.systems.istio.chains import CallGraph, call_graph
from kubelint.systems.istio.edges import Edge
from kubelint.systems.istio.patience import Patience, Wait
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Node


class Row(NamedTuple):
    """Calls of one workload that follow each other, and how long they take together at most.

    ``limit`` is how long one attempt of its callers lasts.
    """

    caller: KubernetesObject
    waits: tuple[Wait, ...]
    total: int
    limit: Patience

    @property
    def terms(self) -> tuple[int, ...]:
        """How long each call takes at most."""
        return tuple(wait.total or 0 for wait in self.waits)


class Amplification(NamedTuple):
    """A path on which one request becomes ``factor`` many: the waits from the outermost caller down."""

    factor: int
    waits: tuple[Wait, ...]

    @property
    def path(self) -> tuple[Entity, ...]:
        """The objects on the way."""
        steps: list[Entity] = []
        for wait in self.waits:
            steps += [wait.caller, wait.edge.services[0]]
        return tuple(steps)


class Cycle(NamedTuple):
    """Workloads that call each other in a circle, and the calls that retry."""

    edges: tuple[Edge, ...]

    @property
    def path(self) -> tuple[Entity, ...]:
        """The objects on the way, the first one again at the end."""
        steps: list[Entity] = []
        for edge in self.edges:
            steps += [edge.caller, edge.services[0]]
        return (*steps, self.edges[0].caller)


def rows(graph: Graph) -> Iterator[Row]:
    """Yield the calls in a row that need longer than the callers of the workload wait."""
    calls = call_graph(graph)
    in_row: dict[int, list[Edge]] = {}
    for edge in calls.edges:
        in_row.setdefault(id(edge.caller), []).append(edge)
    for edges in in_row.values():
        if not any(edge.sequential for edge in edges):
            continue
        caller = edges[0].caller
        patience = calls.patience(caller)
        waits = [wait for edge in _row(edges) for wait in [_longest(calls, edge)] if wait is not None]
        if patience is None or len(waits) < 2 or any(wait.total is None for wait in waits):
            continue
        total = sum(wait.total or 0 for wait in waits)
        # One call that is too long by itself is said of that call.
        if total > patience.time and all((wait.total or 0) <= patience.time for wait in waits):
            yield Row(caller, tuple(waits), total, patience)


def _row(edges: list[Edge]) -> list[Edge]:
    """Return the calls that follow each other: those declared sequential, and the one that the first of them awaits."""
    declared = [edge for edge in edges if edge.call is not None and edge.call.budgeted]
    first = next((index for index, edge in enumerate(declared) if edge.sequential), 0)
    before = declared[first - 1 : first] if first and declared[first - 1].call else []
    before = [edge for edge in before if edge.call is not None and edge.call.sequential is None]
    return [*before, *(edge for edge in declared if edge.sequential)]


def _longest(calls: CallGraph, edge: Edge) -> Wait | None:
    waits = calls.over(edge) or [Wait(edge, edge.budget(None))]
    return None if any(wait.total is None for wait in waits) else max(waits, key=lambda wait: wait.total or 0)


def amplifications(graph: Graph, most: int) -> Iterator[Amplification]:
    """Yield for each last callee the path that multiplies its requests most, if that is more than ``most`` times.

    Workloads are visited from the outermost down, each once all of its callers are done; those in a circle are left
    out, :func:`cycles` is about them.
    """
    calls = call_graph(graph)
    nodes = {id(edge.caller): edge.caller for edge in calls.edges}
    indegree: dict[int, int] = dict.fromkeys(nodes, 0)
    for caller in list(nodes.values()):
        for callee, _ in calls.below(caller):
            nodes.setdefault(id(callee), callee)
            indegree[id(callee)] = indegree.get(id(callee), 0) + 1
    best: dict[int, tuple[int, Wait | None]] = {key: (1, None) for key, count in indegree.items() if not count}
    ready = list(best)
    while ready:
        key = ready.pop()
        below = calls.below(nodes[key])
        for callee, wait in below:
            factor = best[key][0] * wait.budget.multiplies
            if factor > best.get(id(callee), (0, None))[0]:
                best[id(callee)] = factor, wait
            indegree[id(callee)] -= 1
            if not indegree[id(callee)]:
                ready.append(id(callee))
        if not below and best[key][0] > most:
            yield Amplification(best[key][0], tuple(reversed(list(_back(best, key)))))


def _back(best: dict[int, tuple[int, Wait | None]], key: int) -> Iterator[Wait]:
    wait = best[key][1]
    while wait is not None:
        yield wait
        wait = best[id(wait.caller)][1]


def cycles(graph: Graph) -> Iterator[Cycle]:
    """Yield each circle of calls in which every call is tried again: a failure in it feeds itself."""
    calls = call_graph(graph)
    retried: dict[int, list[tuple[KubernetesObject, Edge]]] = {}
    for edge in calls.edges:
        for callee, wait in calls.below(edge.caller):
            if wait.edge is edge and wait.budget.multiplies > 1:
                retried.setdefault(id(edge.caller), []).append((callee, edge))
    done: set[int] = set()
    for start in list(retried):
        if start not in done:
            yield from _circle(retried, start, done)


def _circle(retried: dict[int, list[tuple[KubernetesObject, Edge]]], start: int, done: set[int]) -> Iterator[Cycle]:
    """Walk down from a workload and yield the first circle on each way; what has been seen is not walked again."""
    trail: list[Edge] = []
    position: dict[int, int] = {start: 0}
    stack = [(start, iter(retried.get(start, ())))]
    done.add(start)
    while stack:
        key, below = stack[-1]
        step = next(below, None)
        if step is None:
            stack.pop()
            position.pop(key)
            if trail:
                trail.pop()
            continue
        callee, edge = step
        if id(callee) in position:
            yield Cycle((*trail[position[id(callee)] :], edge))
        elif id(callee) not in done:
            done.add(id(callee))
            trail.append(edge)
            position[id(callee)] = len(trail)
            stack.append((id(callee), iter(retried.get(id(callee), ()))))


class DoubleRetry(NamedTuple):
    """A call that both the program and its proxy try again."""

    wait: Wait

    @property
    def nodes(self) -> tuple[Node | None, Node | None]:
        """The number of attempts of the program, and the one of the route."""
        call, policy = self.wait.edge.call, self.wait.policy
        return (None if call is None else call.attempts_node), (None if policy is None else policy.retries_node)


def double_retries(graph: Graph) -> Iterator[DoubleRetry]:
    """Yield each call for which retries are written down at two layers, once for each route."""
    calls = call_graph(graph)
    seen: set[tuple[int, int]] = set()
    for edge in calls.edges:
        for wait in calls.over(edge):
            policy = wait.policy
            if policy is None or not policy.explicit or policy.retries < 1 or edge.own_attempts < 2:
                continue
            key = id(edge), id(wait.service)
            if key not in seen and policy.retries_node is not None:
                seen.add(key)
                yield DoubleRetry(wait)


def unlimited_calls(graph: Graph) -> Iterator[tuple[Edge, Patience]]:
    """Yield the calls without any limit of workloads whose callers all give up at some time."""
    calls = call_graph(graph)
    for edge in calls.edges:
        patience = calls.endurance(edge.caller)
        waits = calls.over(edge)
        if patience is not None and waits and all(wait.budget.unlimited for wait in waits) and not edge.from_gateway:
            yield edge, patience


def equal_limits(graph: Graph) -> Iterator[tuple[Wait, Wait]]:
    """Yield a call and the one above it that end at the same time, so that the error of the inner one is not seen."""
    calls = call_graph(graph)
    seen: set[tuple[int, int]] = set()
    for edge in calls.edges:
        for inner in calls.over(edge):
            for outer in calls.waits(edge.caller):
                same = inner.total is not None and inner.total == outer.time
                if same and inner.node is not None and (id(inner.node), id(outer.edge)) not in seen:
                    seen.add((id(inner.node), id(outer.edge)))
                    yield inner, outer
