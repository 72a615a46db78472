"""Budgets along call chains: what a caller waits for, and what below it can therefore never take effect.

An *edge* is a call from a workload (or from a gateway, through a VirtualService that is bound to it) to a Service. On
the way over an edge a request has the caller's own budget (the annotation ``kubelint.io/calls``) and the mesh's (the
route of the Service's VirtualService that the caller's proxy uses). A *wait* is the longest time that one attempt over
an edge can last; what needs longer below it is never seen by the caller.

Files that define the same VirtualService differently are alternatives: each is judged with the rest. Where a
VirtualService has several routes, the most patient one counts, because nobody knows which one a request takes.

Source: Istio documentation, "Traffic Management" (timeouts of application and mesh: the more restrictive one takes
precedence) and "Fault Injection" (a delay is injected by the caller's proxy, before timeout and retries of the same
route).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph, fits
from kubelint.systems.istio.hosts import exported_to
from kubelint.systems.istio.links import HostUse, SubsetUse
from kubelint.systems.istio.model import Destination, HttpRoute, Subset, VirtualService
from kubelint.systems.istio.subsets import service_pods, subset_pods
from kubelint.systems.istio.timeouts import RoutePolicy, shortest
from kubelint.systems.kubernetes.calls import Call
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.selectors import equality_selector
from kubelint.tree.node import Node


@dataclass(eq=False)
class Edge:
    """A call: from a workload, or from a gateway (then ``caller`` is its VirtualService).

    ``call`` is what the caller declares itself.
    """

    caller: KubernetesObject
    services: tuple[Service, ...]
    call: Call | None = None

    @property
    def from_gateway(self) -> bool:
        """Whether a gateway calls."""
        return isinstance(self.caller, VirtualService)

    @property
    def own_timeout(self) -> int | None:
        """The caller's own limit for one attempt."""
        return None if self.call is None else self.call.timeout

    @property
    def own_attempts(self) -> int:
        """How often the caller itself tries."""
        return 1 if self.call is None else self.call.attempts


@dataclass(frozen=True, eq=False)
class Wait:
    """The longest time that one attempt over an edge lasts, under one of the alternatives; None is no limit."""

    edge: Edge
    time: int | None
    policy: RoutePolicy | None = None
    service: VirtualService | None = None

    @property
    def caller(self) -> KubernetesObject:
        """Who waits."""
        return self.edge.caller

    @property
    def by_caller(self) -> bool:
        """Whether it is the caller's own limit and not the mesh's that ends the attempt."""
        return self.time is not None and self.time == self.edge.own_timeout

    @property
    def tries(self) -> int:
        """How many attempts of this length there can be."""
        mesh = 1
        if self.policy is not None and self.policy.effective_per_try == self.time and self.policy.retries_slow_tries:
            mesh = self.policy.tries
        return self.edge.own_attempts * (1 if self.by_caller else mesh)

    @property
    def node(self) -> Node | None:
        """The value that ends the attempt."""
        if self.by_caller and self.edge.call is not None:
            return self.edge.call.timeout_node
        return None if self.policy is None else self.policy.attempt_node


@dataclass(frozen=True, eq=False)
class Patience:
    """How long a workload's callers wait for it at most: the wait that ends it, and the workloads from there down."""

    wait: Wait
    chain: tuple[Entity, ...]

    @property
    def time(self) -> int:
        """The time in nanoseconds."""
        return self.wait.time or 0


class CallGraph:
    """The edges of a repository and who waits for whom."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._targets: dict[tuple[int, int], list[Service]] = {}
        self._subsets: dict[tuple[int, int], list[Subset]] = {}
        #: The VirtualServices that sidecars use for a Service, by the Service.
        self._routing: dict[int, dict[int, VirtualService]] = defaultdict(dict)
        for service in graph.subjects(VirtualService):
            self._collect(service)
        self.edges = [*self._calls(), *self._gateway_calls()]
        self._edges_to: dict[int, list[Edge]] = defaultdict(list)
        self._over: dict[int, list[Wait]] = {}
        self._waits: dict[int, list[Wait]] = defaultdict(list)
        self._below: dict[int, list[tuple[KubernetesObject, Wait]]] = defaultdict(list)
        for edge in self.edges:
            for target in edge.services:
                self._edges_to[id(target)].append(edge)
            reached = list(self._reach(edge))
            self._over[id(edge)] = list({id(wait): wait for _, wait in reached}.values())
            for callee, wait in reached:
                self._waits[id(callee)].append(wait)
                self._below[id(edge.caller)].append((callee, wait))
        self._patience = self._widest()
        self._towards = self._tightest()

    def edges_of(self, service: VirtualService, route: HttpRoute) -> list[Edge]:
        """Return the calls whose requests may take a route in the caller's sidecar."""
        if not route.bound(to_mesh=True):
            return []
        found = {id(edge): edge for target in self.services_of(service) for edge in self._edges_to[id(target)]}
        return [
            edge
            for edge in found.values()
            if not edge.from_gateway and exported_to(service, edge.caller.namespace) and takes(edge.caller, route)
        ]

    def services_of(self, service: VirtualService) -> list[Service]:
        """Return the Services whose requests a VirtualService routes in sidecars."""
        return [
            target
            for reference in self.graph.outgoing(service, "routes-for")
            for target in reference.targets
            if isinstance(target, Service)
        ]

    def waits(self, callee: KubernetesObject) -> list[Wait]:
        """Return how long each known caller of a workload waits, one entry for each edge and alternative."""
        return self._waits.get(id(callee), [])

    def over(self, edge: Edge) -> list[Wait]:
        """Return the waits over an edge, one for each alternative and workload that it may lead to."""
        return self._over[id(edge)]

    def patience(self, callee: KubernetesObject) -> Patience | None:
        """Return how long the most patient of a workload's known callers waits, those of the callers included.

        None where a request may have no limit at all, or where no caller is known.
        """
        return self._patience.get(id(callee))

    def way_to_tightest(self, callee: KubernetesObject) -> Iterator[Wait]:
        """Yield the waits from a workload upwards that lead to the shortest of all waits above it, that one last."""
        step = self._towards.get(id(callee))
        while step is not None:
            wait, last = step
            yield wait
            step = None if last else self._towards.get(id(wait.caller))

    # -- filling ---------------------------------------------------------------------------------------------------

    def _collect(self, service: VirtualService) -> None:
        for reference in self.graph.outgoing(service):
            use = reference.detail
            if isinstance(use, HostUse) and use.destination is not None:
                services = [target for target in reference.targets if isinstance(target, Service)]
                self._targets[id(service), id(use.destination.node)] = services
            elif isinstance(use, SubsetUse):
                subsets = [target for target in reference.targets if isinstance(target, Subset)]
                self._subsets[id(service), id(use.destination.node)] = subsets
        for target in self.services_of(service):
            self._routing[id(target)][id(service)] = service

    def _calls(self) -> Iterator[Edge]:
        """Yield one edge for each caller and Service, however often and wherever it is said."""
        merged: dict[tuple[int, tuple[int, ...]], Edge] = {}
        for reference in self.graph.references:
            if reference.kind != "calls" or not isinstance(reference.source, KubernetesObject):
                continue
            services = tuple(target for target in reference.targets if isinstance(target, Service))
            if services:
                key = (id(reference.source), tuple(id(service) for service in services))
                edge = merged.setdefault(key, Edge(reference.source, services))
                call = reference.detail
                if isinstance(call, Call) and (edge.call is None or call.budgeted):
                    edge.call = call
        yield from merged.values()

    def _gateway_calls(self) -> Iterator[Edge]:
        for service in self.graph.subjects(VirtualService):
            merged: dict[tuple[int, ...], Edge] = {}
            for route in service.http:
                if route.bound(to_mesh=False):
                    for destination in route.destinations:
                        services = tuple(self._services(service, destination))
                        if services:
                            merged.setdefault(tuple(id(target) for target in services), Edge(service, services))
            yield from merged.values()

    def _reach(self, edge: Edge) -> Iterator[tuple[KubernetesObject, Wait]]:
        """Yield the workloads that an edge reaches, each with the wait of each alternative."""
        if isinstance(edge.caller, VirtualService):
            yield from self._through(edge, edge.caller)
            return
        routing: dict[int, VirtualService] = {}
        for target in edge.services:
            routing.update(self._routing[id(target)])
        reached = [
            pair
            for service in routing.values()
            if exported_to(service, edge.caller.namespace)
            for pair in self._through(edge, service)
        ]
        if reached:
            yield from reached
            return
        wait = Wait(edge, edge.own_timeout)
        for owner in owners(service_pods(self.graph, edge.services)):
            yield owner, wait

    def _through(self, edge: Edge, service: VirtualService) -> Iterator[tuple[KubernetesObject, Wait]]:
        """Yield the workloads that a VirtualService leads an edge to, each with the most patient of its routes."""
        longest: dict[int, tuple[KubernetesObject, Wait]] = {}
        for route in service.http:
            if not route.bound(to_mesh=not edge.from_gateway) or not takes(edge.caller, route):
                continue
            # istiod merges the limits of a delegate in; they are not known here.
            policy = RoutePolicy() if route.delegated else RoutePolicy.of(route)
            wait = Wait(edge, shortest((edge.own_timeout, policy.attempt)), policy, service)
            for owner in owners(self._pods(route, edge)):
                known = longest.get(id(owner))
                if known is None or _longer(wait.time, known[1].time):
                    longest[id(owner)] = owner, wait
        yield from longest.values()

    def _pods(self, route: HttpRoute, edge: Edge) -> Iterator[PodTemplate]:
        if route.delegated:
            yield from service_pods(self.graph, edge.services)
            return
        own = {id(target) for target in edge.services}
        for destination in route.destinations:
            services = self._services(route.service, destination)
            if edge.from_gateway:
                # Each destination of a gateway's route is an edge of its own.
                services = [target for target in services if id(target) in own]
            if destination.unused or not services:
                continue
            templates = service_pods(self.graph, services)
            subsets = self._subsets.get((id(route.service), id(destination.node)))
            if subsets is None:
                yield from templates
            for subset in subsets or ():
                yield from subset_pods(templates, subset)

    def _services(self, service: VirtualService, destination: Destination) -> list[Service]:
        return self._targets.get((id(service), id(destination.node)), [])

    def _widest(self) -> dict[int, Patience]:
        """Return the patience of each workload that no request without limit can reach.

        That is the widest path from the callers that nobody calls: the limit of a path is its shortest wait, that of a
        workload the largest of its paths.
        """
        callers = {id(edge.caller): edge.caller for edge in self.edges}
        best: dict[int, tuple[int, Patience | None]] = {}
        heap: list[tuple[int, int, KubernetesObject, Patience | None]] = []
        for number, caller in enumerate(callers.values()):
            if id(caller) not in self._waits:
                heappush(heap, (-_NO_LIMIT, number, caller, None))
        count = len(callers)
        while heap:
            negative, _, caller, patience = heappop(heap)
            if id(caller) in best:
                continue
            best[id(caller)] = -negative, patience
            for callee, wait in self._below[id(caller)]:
                if id(callee) in best:
                    continue
                limit = -negative
                if wait.time is not None and wait.time <= limit:
                    limit, reached = wait.time, Patience(wait, (callee,))
                elif patience is not None:
                    reached = Patience(patience.wait, (*patience.chain, callee))
                else:
                    reached = None
                count += 1
                heappush(heap, (-limit, count, callee, reached))
        return {key: patience for key, (_, patience) in best.items() if patience is not None}

    def _tightest(self) -> dict[int, tuple[Wait, bool]]:
        """Return for each workload the wait that leads towards the shortest one above it, and whether it is that one.

        From the shortest wait on, each is handed down to everything below that has no shorter one.
        """
        towards: dict[int, tuple[Wait, bool]] = {}
        limited = [
            (wait.time, callee, wait)
            for pairs in self._below.values()
            for callee, wait in pairs
            if wait.time is not None
        ]
        for _, callee, wait in sorted(limited, key=lambda entry: entry[0]):
            if id(callee) in towards:
                continue
            towards[id(callee)] = wait, True
            pending = deque([callee])
            while pending:
                for below, hop in self._below[id(pending.popleft())]:
                    if id(below) not in towards:
                        towards[id(below)] = hop, False
                        pending.append(below)
        return towards


def call_graph(graph: Graph) -> CallGraph:
    """Return the call graph of a repository."""
    return graph.once("istio call graph", lambda: CallGraph(graph))


def takes(caller: KubernetesObject, route: HttpRoute) -> bool:
    """Tell whether a caller's requests can take a route, as far as the caller's labels and namespace decide.

    Source: Istio reference, "VirtualService", ``HTTPMatchRequest.sourceLabels`` and ``sourceNamespace``.
    """
    templates = list(caller.pod_templates())
    if not route.matches or not templates:
        return True
    for match in route.matches:
        namespace, labels = match.text_at("sourceNamespace"), match.mapping("sourceLabels")
        if namespace is not None and not fits(namespace, caller.namespace):
            continue
        if labels is None or any(equality_selector(labels).matches(template.labels) for template in templates):
            return True
    return False


def owners(templates: Iterable[PodTemplate]) -> list[KubernetesObject]:
    """Return the workloads that pod templates belong to, each once."""
    return list({id(template.owner): template.owner for template in templates}.values())


def _longer(one: int | None, other: int | None) -> bool:
    return other is not None and (one is None or one > other)


_NO_LIMIT = 2**64
