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

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kubelint.graph.query import Graph, fits
from kubelint.systems.istio.default_retries import default_retries
from kubelint.systems.istio.edges import Edge, workload_edges
from kubelint.systems.istio.hosts import exported_to
from kubelint.systems.istio.links import HostUse, SubsetUse
from kubelint.systems.istio.model import Destination, HttpRoute, Subset, VirtualService
from kubelint.systems.istio.patience import Patience, Wait, tightest, widest
from kubelint.systems.istio.protocols import ports_of
from kubelint.systems.istio.subsets import service_pods, subset_pods
from kubelint.systems.istio.timeouts import RoutePolicy
from kubelint.systems.kubernetes.model import KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.selectors import equality_selector
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node


class CallGraph:
    """The edges of a repository and who waits for whom."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._retries = default_retries(graph)
        self._targets: dict[tuple[int, int], list[Service]] = {}
        self._subsets: dict[tuple[int, int], list[Subset]] = {}
        #: The VirtualServices that sidecars use for a Service, by the Service.
        self._routing: dict[int, dict[int, VirtualService]] = defaultdict(dict)
        for service in graph.subjects(VirtualService):
            self._collect(service)
        self.edges = [*workload_edges(graph), *self._gateway_calls()]
        self._usage: dict[int, list[VirtualService]] = {}
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
        callers = list({id(edge.caller): edge.caller for edge in self.edges}.values())
        outermost = [caller for caller in callers if id(caller) not in self._waits]
        self._patience = widest(outermost, self._below, lambda wait: wait.time)
        self._endurance = widest(outermost, self._below, lambda wait: wait.total)
        self._towards = tightest(self._below)

    def edges_of(self, service: VirtualService, route: HttpRoute) -> list[Edge]:
        """Return the calls whose requests may take a route in the caller's sidecar."""
        if not route.bound(to_mesh=True):
            return []
        found = {id(edge): edge for target in self.services_of(service) for edge in self._edges_to[id(target)]}
        return [
            edge
            for edge in found.values()
            if not edge.from_gateway and service in self._used(edge) and takes(edge.caller, route)
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
        """Return how long each known caller of a workload waits, for each edge and alternative the longest."""
        return self._waits.get(id(callee), [])

    def over(self, edge: Edge) -> list[Wait]:
        """Return the waits over an edge, one for each alternative and workload that it may lead to."""
        return self._over[id(edge)]

    def patience(self, callee: KubernetesObject) -> Patience | None:
        """Return how long one attempt of the most patient of a workload's callers lasts, those further up included.

        None where a request may have no limit at all, or where no caller is known.
        """
        return self._patience.get(id(callee))

    def endurance(self, callee: KubernetesObject) -> Patience | None:
        """Return the same with all attempts of the callers: later nobody can see an answer."""
        return self._endurance.get(id(callee))

    def led_past(self, callee: KubernetesObject, matches: list[Node]) -> VirtualService | None:
        """Return the VirtualService that leads all known requests past a workload; None where one may reach it.

        That is so where its Services are called, every call takes a route, and no alternative leads to the workload.
        ``matches`` are the conditions on the requests (none: all requests).
        """
        routing: VirtualService | None = None
        for reference in self.graph.incoming(callee, "selects"):
            for edge in self._edges_to.get(id(reference.source), ()):
                used = self._used(edge)
                if not used or not all(self._decided(edge, service) for service in used):
                    return None
                for service in used:
                    if any(self._leads(edge, service, match, callee) for match in (matches or (None,))):
                        return None
                    routing = routing or service
        return routing

    def _leads(self, edge: Edge, service: VirtualService, wanted: Node | None, callee: KubernetesObject) -> bool:
        """Tell whether a request with the headers of a match may come to a workload."""
        for route in service.http:
            if not route.bound(to_mesh=not edge.from_gateway) or not takes(edge.caller, route):
                continue
            if any(template.owner is callee for template in self._pods(route, edge)):
                return True
            if not route.matches or (wanted is not None and any(_same(match, wanted) for match in route.matches)):
                return False  # every such request is taken here
        return False

    def below(self, caller: KubernetesObject) -> list[tuple[KubernetesObject, Wait]]:
        """Return the workloads that a workload (or a gateway, by its VirtualService) calls, each with the wait."""
        return self._below.get(id(caller), [])

    def routing(self, service: Service) -> list[VirtualService]:
        """Return the VirtualServices that sidecars use for a Service."""
        return list(self._routing.get(id(service), {}).values())

    def edges_to(self, service: Service) -> list[Edge]:
        """Return the calls to a Service."""
        return self._edges_to.get(id(service), [])

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
        reached = [pair for service in self._used(edge) for pair in self._through(edge, service)]
        if reached:
            yield from reached
            return
        wait = Wait(edge, edge.budget(None))
        for owner in owners(service_pods(self.graph, edge.services)):
            yield owner, wait

    def _used(self, edge: Edge) -> list[VirtualService]:
        if id(edge) not in self._usage:
            self._usage[id(edge)] = self._use(edge)
        return self._usage[id(edge)]

    def _use(self, edge: Edge) -> list[VirtualService]:
        """Return the VirtualServices whose HTTP routes the proxy of a caller uses: alternatives, if there are several.

        At ports that speak something else than HTTP none is used.
        """
        if isinstance(edge.caller, VirtualService):
            return [edge.caller]
        ports = list(ports_of(edge.services))
        if not edge.proxied or (ports and not any(port.is_http for port in ports)):
            return []
        routing: dict[int, VirtualService] = {}
        for target in edge.services:
            routing.update(self._routing.get(id(target), {}))
        return [service for service in routing.values() if exported_to(service, edge.caller.namespace)]

    def _decided(self, edge: Edge, service: VirtualService) -> bool:
        """Tell whether it is known where all routes of a VirtualService lead: no delegate, no unknown subset."""
        return not any(
            route.delegated
            or any(self._subsets.get((id(service), id(destination.node))) == [] for destination in route.destinations)
            for route in service.http
            if takes(edge.caller, route)
        )

    def _through(self, edge: Edge, service: VirtualService) -> Iterator[tuple[KubernetesObject, Wait]]:
        """Yield the workloads that a VirtualService leads an edge to, each with the most patient of its routes."""
        longest: dict[tuple[int, bool], tuple[KubernetesObject, Wait]] = {}
        for route in service.http:
            if not route.bound(to_mesh=not edge.from_gateway) or not takes(edge.caller, route):
                continue
            # istiod merges the limits of a delegate in; they are not known here.
            policy = RoutePolicy() if route.delegated else RoutePolicy.of(route, self._retries)
            wait = Wait(edge, edge.budget(policy), service)
            for owner in owners(self._pods(route, edge)):
                for all_attempts in (False, True):
                    known = longest.get((id(owner), all_attempts))
                    if known is None or _longer(_limit(wait, all_attempts), _limit(known[1], all_attempts)):
                        longest[id(owner), all_attempts] = owner, wait
        yield from {(id(owner), id(wait)): (owner, wait) for owner, wait in longest.values()}.values()

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


def _same(one: Node, other: Node) -> bool:
    """Tell whether two matches are about the same headers and nothing else."""
    if not isinstance(one, Mapping) or [key.text for key, _ in one.entries] != ["headers"]:
        return False
    headers = other.at("headers")
    return headers is not None and one.entries[0][1].data(GO_YAML_V2) == headers.data(GO_YAML_V2)


def owners(templates: Iterable[PodTemplate]) -> list[KubernetesObject]:
    """Return the workloads that pod templates belong to, each once."""
    return list({id(template.owner): template.owner for template in templates}.values())


def _limit(wait: Wait, all_attempts: bool) -> int | None:
    return wait.total if all_attempts else wait.time


def _longer(one: int | None, other: int | None) -> bool:
    return other is not None and (one is None or one > other)
