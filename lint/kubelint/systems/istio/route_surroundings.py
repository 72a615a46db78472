"""What the limits of a route meet in other objects: ports, DestinationRules, workloads, policies, load balancers.

Source: Istio reference, "DestinationRule" (``ConnectionPoolSettings``, ``OutlierDetection``), "VirtualService",
"Global Mesh Options" (``ExtensionProvider``); Istio documentation, "Resource Annotations"
(``traffic.sidecar.istio.io/excludeOutboundPorts``, ``sidecar.istio.io/inject``); Envoy documentation, "Router".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.systems.istio.authorizers import authorizers_before
from kubelint.systems.istio.destinations import destination_rules
from kubelint.systems.istio.durations import duration
from kubelint.systems.istio.hosts import resolve_host
from kubelint.systems.istio.links import HostUse
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import Destination, DestinationRule, Gateway, HttpRoute, VirtualService
from kubelint.systems.istio.protocols import Port, ports_of
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.istio.subsets import service_pods
from kubelint.systems.istio.timeouts import GRPC_CONDITIONS, RoutePolicy
from kubelint.systems.istio.traffic_policy import effective_policy
from kubelint.systems.kubernetes.duration import SECOND, show_duration
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Node, Scalar

_DEFAULT_5XX = 5
_HTTP_STATUS = frozenset({"5xx", "gateway-error", "retriable-4xx"})


class Leg(NamedTuple):
    """One destination of a route, with what the repository knows of it.

    ``targets`` are the Services and ServiceEntries of its host, ``blocks`` what is in effect of the DestinationRule
    ``rule`` (None: there is none) for its subset and port.
    """

    route: HttpRoute
    policy: RoutePolicy
    destination: Destination
    targets: tuple[Entity, ...]
    rule: DestinationRule | None
    blocks: dict[str, Node]

    @property
    def ports(self) -> list[Port]:
        """The ports that requests may go to: the one of the destination, else all of the host."""
        wanted = self.destination.node.text_at("port", "number")
        return [port for port in ports_of(self.targets) if wanted is None or port.number.text == wanted]

    def block(self, *path: str) -> Scalar | None:
        """Return a scalar of what is in effect."""
        found = self.blocks.get(path[0])
        return None if found is None else found.scalar(*path[1:])


def legs(graph: Graph, service: VirtualService) -> list[Leg]:
    """Return the destinations of the HTTP routes that take requests, where every limit is known."""

    def collect() -> list[Leg]:
        hosts = {
            id(use.destination.node): reference
            for reference in graph.outgoing(service, "routes-to")
            if isinstance(use := reference.detail, HostUse) and use.destination is not None
        }
        found = []
        for route in service.http:
            policy = RoutePolicy.of(route)
            if not policy.known or route.delegated:
                continue
            for destination in route.destinations:
                reference = hosts.get(id(destination.node))
                if destination.unused or destination.host is None or destination.host.opaque:
                    continue
                targets = () if reference is None else reference.targets
                found.append(Leg(route, policy, destination, targets, *_in_effect(graph, service, destination)))
        return found

    return graph.once(("istio legs", id(service)), collect)


def _in_effect(
    graph: Graph, service: VirtualService, destination: Destination
) -> tuple[DestinationRule | None, dict[str, Node]]:
    """Return the one DestinationRule of a destination and its blocks; none where several files define it."""
    text = "" if destination.host is None else destination.host.text
    host = resolve_host(text, service.namespace, mesh(graph))
    rules = destination_rules(graph).effective(host, service.namespace, service.unit)
    if len(rules) != 1:
        return None, {}
    subset = None if destination.subset is None else rules[0].subsets.get(destination.subset.text)
    port = destination.node.text_at("port", "number")
    return rules[0], effective_policy(rules[0], None if subset is None else subset.root, port)


def slow_connects(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the limits that end a try before its connection is given up, so that no retry follows."""
    for leg in legs(graph, service):
        connect, policy = leg.block("connectionPool", "tcp", "connectTimeout"), leg.policy
        time, node = duration(connect), policy.attempt_node
        if time is None or connect is None or node is None or policy.attempt is None or time < policy.attempt:
            continue
        if not policy.explicit or not policy.retries_dead_endpoints:
            continue
        if policy.effective_per_try is not None and policy.retries_slow_tries:
            continue  # the try itself is retried
        yield Remark(
            node,
            "a dead endpoint is never retried: the request ends before connecting fails",
            f"the try ends after {show_duration(policy.attempt)}",
            f"set `connectTimeout` well below {show_duration(policy.attempt)}",
            ((connect, f"connecting is given up after {connect.text}"),),
        )


def many_connects(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the timeouts that leave no room for all tries at endpoints that cannot be connected to."""
    for leg in legs(graph, service):
        connect, policy = leg.block("connectionPool", "tcp", "connectTimeout"), leg.policy
        time = duration(connect)
        if time is None or connect is None or policy.timeout is None or policy.timeout_node is None:
            continue
        needed = policy.tries * time
        if not policy.explicit or not policy.retries_dead_endpoints or time >= policy.timeout:
            continue
        if needed > policy.timeout:
            yield Remark(
                policy.timeout_node,
                f"the timeout leaves room for {policy.timeout // time} of {policy.tries} tries to connect",
                "the whole request ends here",
                f"raise `timeout` to {show_duration(needed)}, or lower `connectTimeout`",
                ((connect, f"{policy.tries} tries × {connect.text} = {show_duration(needed)}"),),  # noqa: RUF001
            )


def foreign_conditions(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the conditions for retries that are about another protocol than the port's."""
    for leg in legs(graph, service):
        node, policy, ports = leg.policy.retry_on_node, leg.policy, leg.ports
        if node is None or policy.retries < 1 or not ports:
            continue
        said = ports[0].said or ports[0].number
        grpc = policy.retry_on & GRPC_CONDITIONS
        if grpc and grpc == policy.retry_on and all(port.protocol == "http" for port in ports):
            yield Remark(
                node,
                f"`{min(grpc)}` is a status of gRPC, but the port speaks plain HTTP",
                "nothing is retried on these conditions",
                "write `5xx` or `gateway-error`, or name the port `grpc-…`",
                ((said, "the protocol of the port"),),
            )
        elif policy.retry_on <= _HTTP_STATUS and all(port.protocol == "grpc" for port in ports):
            yield Remark(
                node,
                "errors of gRPC are not retried: they are answers with HTTP status 200",
                "these conditions look at the HTTP status",
                f"add conditions of gRPC: `{node.text},unavailable`",
                ((said, "the port speaks gRPC"),),
            )


def cut_streams(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the timeouts of routes to ports of gRPC: they end streams as well."""
    for leg in legs(graph, service):
        node, ports = leg.policy.timeout_node, leg.ports
        if node is None or leg.policy.timeout is None or not ports or any(port.protocol != "grpc" for port in ports):
            continue
        yield Remark(
            node,
            f"a stream of gRPC ends after {node.text}, however busy it is",
            "the timeout is about the whole answer, and a stream is one answer",
            "give streaming methods a route of their own without `timeout`",
            ((ports[0].said or ports[0].number, "the port speaks gRPC"),),
        )


def short_connections(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the timeouts that are longer than a connection lives."""
    for leg in legs(graph, service):
        most = leg.block("connectionPool", "tcp", "maxConnectionDuration")
        time, node = duration(most), leg.policy.timeout_node
        if time is None or most is None or node is None or leg.policy.timeout is None or time > leg.policy.timeout:
            continue
        yield Remark(
            most,
            f"a connection lives {most.text}, but a request may take {node.text}",
            "requests that are still running then may be cut",
            f"allow connections more than {node.text}",
            ((node, "the request may take that long"),),
        )


def quick_ejections(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the outlier detection that one retried request can set off."""
    for leg in legs(graph, service):
        block = leg.blocks.get("outlierDetection")
        policy = leg.policy
        if block is None or not policy.explicit or not policy.retry_on & {"5xx", "gateway-error"}:
            continue
        node = block.scalar("consecutive5xxErrors")
        value = _DEFAULT_5XX if node is None or node.opaque else node.value(GO_YAML_V2)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= policy.tries:
            continue
        place = node or block
        related: tuple[tuple[Node, str], ...] = ()
        if policy.retries_node is not None:
            related = ((policy.retries_node, f"one request is up to {policy.tries} tries"),)
        yield Remark(
            place,
            f"one failing request can eject an endpoint: {policy.tries} tries, {value} errors",
            "retries count as errors of the endpoint as well",
            f"raise `consecutive5xxErrors` above {policy.tries}, or retry less often",
            related,
        )


def slow_authorization(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the timeouts of a gateway's routes that an external authorization before them is allowed to outlast."""
    gateways = [
        target
        for reference in graph.outgoing(service, "binds-gateway")
        for target in reference.targets
        if isinstance(target, Gateway)
    ]
    authorizers = authorizers_before(graph, gateways) if gateways else []
    for route in service.http if authorizers else ():
        policy = RoutePolicy.of(route)
        node, timeout = policy.timeout_node, policy.timeout
        for authorizer in authorizers:
            if node is None or timeout is None or authorizer.time <= timeout or not route.bound(to_mesh=False):
                continue
            yield Remark(
                node,
                f"external authorization may take {show_duration(authorizer.time)} before this timeout begins",
                "this clock starts when the request has been authorized",
                f"set the provider's `timeout` below {node.text}",
                ((authorizer.node, f"`{authorizer.policy.name}` asks this provider first"),),
            )
            break


def slow_shutdowns(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the timeouts that are longer than a pod gets to end."""
    for leg in legs(graph, service):
        node, timeout = leg.policy.timeout_node, leg.policy.timeout
        if node is None or timeout is None:
            continue
        for template in service_pods(graph, leg.targets):
            grace = template.spec.scalar("terminationGracePeriodSeconds")
            value = 30 if grace is None else None if grace.opaque else grace.value(GO_YAML_V2)
            if isinstance(value, int) and value * SECOND < timeout:
                place: Node | Entity = template.owner if grace is None else grace
                yield Remark(
                    node,
                    f"a rollout cuts requests: they may take {node.text}, a pod ends after {value}s",
                    "a request that begins late is cut when its pod is killed",
                    f"set `terminationGracePeriodSeconds` above {show_duration(timeout)}",
                    ((place, "30s unless set" if grace is None else "the pod is killed after that"),),
                )
                break


def limits(route: HttpRoute) -> Iterator[Scalar]:
    """Yield the keys of what a route says about time and faults: ``timeout``, ``retries``, ``fault``."""
    for name in ("timeout", "retries", "fault"):
        key = route.node.key(name)
        if key is not None:
            yield key
