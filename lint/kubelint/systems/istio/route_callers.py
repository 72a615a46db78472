"""Callers whose requests do not take a route although they go to its host: its limits do nothing for them.

Source: Istio documentation, "Resource Annotations" (``traffic.sidecar.istio.io/excludeOutboundPorts``),
"Resource Labels" (``sidecar.istio.io/inject``); Istio reference, "VirtualService" (``exportTo``, ``gateways``,
``HTTPMatchRequest.sourceLabels``).
"""

from __future__ import annotations

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.systems.istio.chains import CallGraph, call_graph, takes
from kubelint.systems.istio.edges import Edge
from kubelint.systems.istio.hosts import exported_to, resolve_host
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import Gateway, VirtualService
from kubelint.systems.istio.registry import registry
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.istio.route_surroundings import limits
from kubelint.systems.istio.timeouts import RoutePolicy
from kubelint.systems.kubernetes.duration import SECOND, show_duration
from kubelint.systems.kubernetes.model import Ingress, KubernetesObject, Service
from kubelint.tree.node import Node, Scalar

_READ = "nginx.ingress.kubernetes.io/proxy-read-timeout"
_IDLE = "service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout"


def _first_limit(service: VirtualService) -> Scalar | None:
    """Return the key of the first limit or fault of a VirtualService; None where it has none."""
    return next((key for route in service.http for key in limits(route)), None)


def _callers(calls: CallGraph, targets: list[Service]) -> list[Edge]:
    found = {id(edge): edge for target in targets for edge in calls.edges_to(target) if not edge.from_gateway}
    return list(found.values())


def without_proxy(graph: Graph, service: VirtualService) -> Remarks:
    """Yield what keeps the proxy away from a workload that calls the host of routes with limits."""
    limit = _first_limit(service) if service.in_mesh else None
    if limit is None:
        return
    calls = call_graph(graph)
    for edge in _callers(calls, calls.services_of(service)):
        for template in edge.caller.pod_templates():
            found = edge.bypass(template)
            if found is not None:
                place, why = found
                name = edge.services[0].name
                yield Remark(
                    place,
                    f"`{edge.caller.name}` calls `{name}` past its proxy: the route's limits do nothing",
                    why,
                    f"let the proxy carry the requests to `{name}`, or limit them in the program",
                    ((limit, f"`{limit.text}` is applied by the caller's proxy"),),
                    path=(edge.caller, edge.services[0], service),
                )


def invisible(graph: Graph, service: VirtualService) -> Remarks:
    """Yield a VirtualService with limits that none of the known callers of its host gets."""
    limit = _first_limit(service)
    if limit is None:
        return
    if not service.in_mesh:
        yield from _gateway_only(graph, service, limit)
        return
    if not service.export_to:
        return
    calls = call_graph(graph)
    callers = _callers(calls, calls.services_of(service))
    if callers and not any(exported_to(service, edge.caller.namespace) for edge in callers):
        node = next(iter(service.root.items_at("spec", "exportTo")))
        edge = callers[0]
        yield Remark(
            node,
            f"`{edge.caller.name}` calls this host but does not see the route: its limits do nothing",
            f"not exported to the namespace `{edge.caller.namespace}`",
            f"export it to `{edge.caller.namespace}`",
            ((limit, f"`{limit.text}` is for nobody who is known to call"),),
            path=(edge.caller, edge.services[0], service),
        )


def _gateway_only(graph: Graph, service: VirtualService, limit: Scalar) -> Remarks:
    """Yield a route with limits that only a gateway uses, for a host that only workloads call by that name."""
    calls = call_graph(graph)
    for host in service.hosts:
        resolved = resolve_host(host.text, service.namespace, mesh(graph))
        if host.opaque or not resolved.of_service:
            continue
        targets = [target for target in registry(graph).find(resolved, service.unit) if isinstance(target, Service)]
        callers = _callers(calls, targets)
        if not callers or any(calls.routing(target) for target in targets):
            continue
        node = service.gateways[0]
        edge = callers[0]
        yield Remark(
            node,
            f"`{edge.caller.name}` calls `{host.text}` without these limits: they are for a gateway",
            "only this gateway uses the routes",
            "add `mesh` to `gateways`",
            ((limit, f"`{limit.text}` is applied by the gateway alone"),),
            path=(edge.caller, edge.services[0], service),
        )


def other_callers(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the labels of callers that none of those has which are known to call the host."""
    if not service.in_mesh or _first_limit(service) is None:
        return
    for route in service.http:
        key = next(limits(route), None)
        labels = [match.mapping("sourceLabels") for match in route.matches]
        if key is None or not labels or not all(labels):
            continue
        calls = call_graph(graph)
        edges = [edge for edge in _callers(calls, calls.services_of(service)) if edge.via != "sourceLabels"]
        if not edges or any(takes(edge.caller, route) for edge in edges):
            continue
        entries = [entry for found in labels if found is not None for entry in found.entries]
        if not entries:
            continue
        names = ", ".join(f"`{name}`" for name in sorted({edge.caller.name for edge in edges})[:3])
        yield Remark(
            entries[0][1],
            "nobody who is known to call this host has these labels",
            f"known callers: {names}",
            "check the labels, or declare the call with `kubelint.io/calls`",
            ((key, f"`{key.text}` is for those callers alone"),),
        )


def hasty_front_proxies(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the read timeouts of what stands before a gateway and gives up before its route does."""
    policies = [RoutePolicy.of(route) for route in service.http if route.bound(to_mesh=False)]
    limited = [policy for policy in policies if policy.timeout is not None and policy.timeout_node is not None]
    if not limited:
        return
    slowest = max(limited, key=lambda policy: policy.timeout or 0)
    for node, seconds, what in _front_timeouts(graph, service):
        if slowest.timeout is not None and slowest.timeout_node is not None and seconds * SECOND < slowest.timeout:
            yield Remark(
                node,
                f"{what} gives up after {seconds}s, before the gateway does",
                "the client gets an error while the gateway still waits",
                f"raise it above {show_duration(slowest.timeout)}, or lower the timeout of the route",
                ((slowest.timeout_node, "the gateway waits that long"),),
            )


def _front_timeouts(graph: Graph, service: VirtualService) -> list[tuple[Node, int, str]]:
    found: list[tuple[Node, int, str]] = []
    fronts = _gateway_services(graph, service)
    for front in fronts:
        found += _seconds(front, _IDLE, "the load balancer")
    names = {front.name for front in fronts}
    for ingress in graph.subjects(Ingress) if names else ():
        if ingress.unit in {front.unit for front in fronts}:
            backends = {
                backend.text_at("service", "name") or backend.text_at("serviceName") for backend in ingress.backends()
            }
            if backends & names:
                found += _seconds(ingress, _READ, f"Ingress `{ingress.name}`")
    return found


def _gateway_services(graph: Graph, service: VirtualService) -> list[Service]:
    """Return the Services in front of the gateways that a VirtualService is bound to."""
    gateways: list[Entity] = [
        target for reference in graph.outgoing(service, "binds-gateway") for target in reference.targets
    ]
    found: dict[int, Service] = {}
    for gateway in gateways:
        if isinstance(gateway, Gateway):
            wanted = {(key.text, value.text) for key, value in gateway.root.pairs_at("spec", "selector")
                      if isinstance(value, Scalar)}  # fmt: skip
            for candidate in _by_selector(graph).get(frozenset(wanted), ()) if wanted else ():
                found[id(candidate)] = candidate
    return list(found.values())


def _by_selector(graph: Graph) -> dict[frozenset[tuple[str, str]], list[Service]]:
    """Return the Services by each of the labels that they select, and by all of them together."""

    def collect() -> dict[frozenset[tuple[str, str]], list[Service]]:
        found: dict[frozenset[tuple[str, str]], list[Service]] = {}
        for service in graph.subjects(Service):
            pairs = [
                (key.text, value.text)
                for key, value in service.root.pairs_at("spec", "selector")
                if isinstance(value, Scalar)
            ]
            for label in {frozenset(pairs), *(frozenset([pair]) for pair in pairs)}:
                found.setdefault(label, []).append(service)
        return found

    return graph.once("istio services by selector", collect)


def _seconds(item: KubernetesObject, name: str, what: str) -> list[tuple[Node, int, str]]:
    node = item.annotation(name)
    return [(node, int(node.text), what)] if node is not None and node.text.isdecimal() and len(node.text) < 7 else []
