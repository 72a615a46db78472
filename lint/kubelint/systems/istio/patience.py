"""How long callers wait along paths of calls: the most patient path to a workload, the way to the hastiest caller.

The paths are those of a graph whose edges are waits. Each algorithm looks at an edge once; a circle has no outermost
caller, so that nothing is said about it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from kubelint.graph.model import Entity
from kubelint.systems.istio.edges import Edge
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.timeouts import Budget, RoutePolicy
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.tree.node import Node


@dataclass(frozen=True, eq=False)
class Wait:
    """How long a call over an edge can last, under one of the alternatives.

    ``service`` is the VirtualService whose route limits it; None where no route is known.
    """

    edge: Edge
    budget: Budget
    service: VirtualService | None = None

    @property
    def caller(self) -> KubernetesObject:
        """Who waits."""
        return self.edge.caller

    @property
    def time(self) -> int | None:
        """The longest time that one attempt lasts; None is no limit."""
        return self.budget.attempt

    @property
    def total(self) -> int | None:
        """The longest time that all attempts last."""
        return self.budget.total

    @property
    def policy(self) -> RoutePolicy | None:
        """The policy of the route."""
        return self.budget.policy

    @property
    def by_caller(self) -> bool:
        """Whether it is the caller's own limit and not the mesh's that ends the attempt."""
        return self.budget.own_ends

    @property
    def tries(self) -> int:
        """How many attempts of this length there can be."""
        return self.budget.tries

    @property
    def node(self) -> Node | None:
        """The value that ends the attempt."""
        if self.by_caller and self.edge.call is not None:
            return self.edge.call.timeout_node
        return None if self.policy is None else self.policy.attempt_node


@dataclass(frozen=True, eq=False)
class Patience:
    """How long a workload's callers wait for it at most: the wait that ends it, and the workloads from there down.

    ``time`` is that limit in nanoseconds: of one attempt, or of all of them.
    """

    wait: Wait
    chain: tuple[Entity, ...]
    time: int


#: The workloads that each caller calls, by the caller's identity, each with the wait.
Below = Mapping[int, Sequence[tuple[KubernetesObject, Wait]]]
_NO_LIMIT = 2**64


def widest(
    outermost: list[KubernetesObject], below: Below, limit_of: Callable[[Wait], int | None]
) -> dict[int, Patience]:
    """Return the patience of each workload that no request without limit can reach.

    That is the widest path from the callers that nobody calls (``outermost``): the limit of a path is its shortest
    wait, that of a workload the largest of its paths.
    """
    best: dict[int, tuple[int, Patience | None]] = {}
    heap: list[tuple[int, int, KubernetesObject, Patience | None]] = []
    for number, caller in enumerate(outermost):
        heappush(heap, (-_NO_LIMIT, number, caller, None))
    count = len(outermost)
    while heap:
        negative, _, caller, patience = heappop(heap)
        if id(caller) in best:
            continue
        best[id(caller)] = -negative, patience
        for callee, wait in below.get(id(caller), ()):
            if id(callee) in best:
                continue
            limit, own = -negative, limit_of(wait)
            if own is not None and own <= limit:
                limit, reached = own, Patience(wait, (callee,), own)
            elif patience is not None:
                reached = Patience(patience.wait, (*patience.chain, callee), patience.time)
            else:
                reached = None
            count += 1
            heappush(heap, (-limit, count, callee, reached))
    return {key: patience for key, (_, patience) in best.items() if patience is not None}


def tightest(below: Below) -> dict[int, tuple[Wait, bool]]:
    """Return for each workload the wait that leads towards the shortest one above it, and whether it is that one.

    From the shortest wait on, each is handed down to everything below that has no shorter one.
    """
    towards: dict[int, tuple[Wait, bool]] = {}
    limited = [(wait.time, callee, wait) for pairs in below.values() for callee, wait in pairs if wait.time is not None]
    for _, callee, wait in sorted(limited, key=lambda entry: entry[0]):
        if id(callee) in towards:
            continue
        towards[id(callee)] = wait, True
        pending = deque([callee])
        while pending:
            for callee_below, hop in below.get(id(pending.popleft()), ()):
                if id(callee_below) not in towards:
                    towards[id(callee_below)] = hop, False
                    pending.append(callee_below)
    return towards
