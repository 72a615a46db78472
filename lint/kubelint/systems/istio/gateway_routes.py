"""VirtualServices and the gateways that they are bound to: what is shared, what does not fit.

Source: Istio reference, "Gateway" (``Server.hosts``, ``ServerTLSSettings``) and "VirtualService"; Istio documentation,
"Traffic Management Best Practices" (several VirtualServices for one host).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Resolution
from kubelint.graph.query import Graph
from kubelint.systems.istio.gateways import selects
from kubelint.systems.istio.hosts import Host, exported_to, matches, resolve_host, server_host
from kubelint.systems.istio.matching import catches_all
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import Gateway, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.scope import units_together
from kubelint.tree.node import Mapping, Scalar

_HTTP = frozenset({"HTTP", "HTTP2", "GRPC", "GRPC-WEB"})
_HANDED_ON = ("PASSTHROUGH", "AUTO_PASSTHROUGH")


class Server(NamedTuple):
    """A server of a gateway: the routes that it takes are ``http``, ``tls`` or ``tcp``."""

    gateway: Gateway
    node: Mapping

    @property
    def sections(self) -> frozenset[str]:
        """The sections of a VirtualService that it has a use for; all where that is not known."""
        protocol = (self.node.text_at("port", "protocol") or "").upper()
        mode = self.node.scalar("tls", "mode")
        handed_on = mode is None or mode.text in _HANDED_ON
        if protocol in _HTTP:
            return frozenset({"http"})
        if protocol == "HTTPS":
            return frozenset({"tls"}) if handed_on else frozenset({"http"})
        if protocol == "TLS":
            return frozenset({"tls", "tcp"}) if handed_on else frozenset({"tcp"})
        if protocol in ("TCP", "MONGO", "REDIS", "MYSQL"):
            return frozenset({"tcp"})
        return frozenset({"http", "tls", "tcp"})

    def serves(self, host: str) -> bool:
        """Tell whether it serves a host, or a part of a wildcard."""
        for node in self.node.items_at("hosts"):
            if isinstance(node, Scalar) and (node.opaque or matches(server_host(node.text, "")[1], host)):
                return True
        return False


def servers_of(graph: Graph, service: VirtualService) -> list[Server] | None:
    """Return the servers of all gateways of a VirtualService; None where one of them is not in the repository."""
    bound = graph.outgoing(service, "binds-gateway")
    if not bound or any(reference.resolution is not Resolution.RESOLVED for reference in bound):
        return None
    found = []
    for reference in bound:
        for target in reference.targets:
            if not isinstance(target, Gateway) or target.unit.incomplete:
                return None
            found += [Server(target, node) for node in target.servers]
    return found


def unfitting_modes(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the sections of routes that the servers of the gateway have no use for."""
    spec = service.root.mapping("spec")
    servers = None if service.in_mesh else servers_of(graph, service)
    if not servers or spec is None or any(host.opaque for host in service.hosts):
        return
    serving = [server for server in servers if any(server.serves(host.text) for host in service.hosts)]
    taken = (
        frozenset().union(*(server.sections for server in serving)) if serving else frozenset({"http", "tls", "tcp"})
    )
    for section in ("http", "tls", "tcp"):
        key = spec.key(section)
        if key is None or section in taken or not spec.items_at(section):
            continue
        node = serving[0].node
        cause = node.scalar("tls", "mode") or node.scalar("port", "protocol") or node
        wanted = " or ".join(f"`{name}`" for name in sorted(taken))
        why = "passes TLS on" if taken == {"tls"} else "decrypts the requests" if taken == {"http"} else "takes bytes"
        yield Remark(
            key,
            f"the gateway has no use for the routes of `{section}`",
            "requests to this host find no route",
            f"write the routes under {wanted}, or change the server of the gateway",
            ((cause, f"the server {why}, so it takes {wanted}"),),
            path=(service, serving[0].gateway),
        )


def hidden_from_gateway(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the ``exportTo`` that keeps a VirtualService from the namespace of its gateway."""
    if not service.export_to or any(entry.opaque for entry in _export_nodes(service)):
        return
    for reference in graph.outgoing(service, "binds-gateway"):
        gateways = [target for target in reference.targets if isinstance(target, Gateway)]
        seen = [gateway for gateway in gateways if exported_to(service, gateway.namespace)]
        if not gateways or seen or any(not gateway.namespace for gateway in gateways):
            continue
        gateway = gateways[0]
        yield Remark(
            _export_nodes(service)[0],
            f"the gateway `{gateway.name}` does not see this VirtualService",
            f"namespace `{gateway.namespace}` is not among these",
            f"add `{gateway.namespace}`, or remove `exportTo`",
            ((reference.node, "the gateway is named here"), (gateway, "this is the gateway")),
            path=(service, gateway),
        )


def _export_nodes(service: VirtualService) -> list[Scalar]:
    return [node for node in service.root.items_at("spec", "exportTo") if isinstance(node, Scalar)]


# -- several VirtualServices for one host --------------------------------------------------------------------------


def _routed_hosts(graph: Graph) -> dict[tuple[object, ...], list[tuple[VirtualService, Scalar]]]:
    """Return the VirtualServices by what they route for: a host in the mesh, or a host at a gateway."""

    def collect() -> dict[tuple[object, ...], list[tuple[VirtualService, Scalar]]]:
        found: dict[tuple[object, ...], list[tuple[VirtualService, Scalar]]] = defaultdict(list)
        for service in graph.subjects(VirtualService):
            gateways = {
                id(target): target
                for reference in graph.outgoing(service, "binds-gateway")
                for target in reference.targets
            }
            for node in service.hosts:
                if node.opaque:
                    continue
                host = resolve_host(node.text.lower(), service.namespace, mesh(graph))
                if service.in_mesh:
                    found["mesh", host].append((service, node))
                for gateway in gateways:
                    found[gateway, host].append((service, node))
        return found

    return graph.once("istio routed hosts", collect)


def _rivals(graph: Graph, service: VirtualService, place: object) -> Iterator[tuple[Scalar, VirtualService, Scalar]]:
    """Yield the hosts of a VirtualService that an earlier one routes for as well, with that one."""
    hosts = _routed_hosts(graph)
    for node in service.hosts:
        host = resolve_host(node.text.lower(), service.namespace, mesh(graph))
        for other, there in hosts.get((place, host), ()):
            if other is service:
                break
            if other.key != service.key and _applied_together(graph, other, service, host):
                yield node, other, there
                break


def _applied_together(graph: Graph, one: VirtualService, other: VirtualService, host: Host) -> bool:
    if one.unit is other.unit:
        return together(graph, one, other)
    return bool(one.namespace and other.namespace and host.namespace != "") and units_together(
        graph, one.unit, other.unit
    )


def routed_twice(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the hosts for which sidecars would have two VirtualServices: they use one of them."""
    if not service.in_mesh:
        return
    for node, other, there in _rivals(graph, service, "mesh"):
        everywhere = exported_to(other, service.namespace) and exported_to(service, other.namespace)
        if everywhere:
            yield Remark(
                node,
                f"two VirtualServices route for the host `{node.text}`",
                "sidecars use one of the two and ignore the other",
                "join the routes in one VirtualService, or delegate",
                ((there, f"VirtualService `{other.name}` routes for it as well"),),
                path=(other, service),
            )


def conflicting_at_gateway(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the hosts for which two VirtualServices of one gateway both have a route for everything."""
    seen: set[int] = set()
    for reference in graph.outgoing(service, "binds-gateway"):
        for target in reference.targets:
            for node, other, there in _rivals(graph, service, id(target)):
                mine = next((route for route in service.http if catches_all(route.node)), None)
                theirs = next((route for route in other.http if catches_all(route.node)), None)
                if mine is None or theirs is None or id(node) in seen or _apart(service, other):
                    continue
                seen.add(id(node))
                yield Remark(
                    node,
                    f"two VirtualServices take all requests for `{node.text}` at one gateway",
                    "which of the two gets them depends on their age",
                    "let one of them match certain paths only",
                    ((there, f"VirtualService `{other.name}` takes all of them as well"),),
                    path=(other, target, service),
                )


def _apart(one: VirtualService, other: VirtualService) -> bool:
    """Tell whether matches of the two choose among gateways, so that they may never meet."""
    return any(
        match.at("gateways") is not None for item in (one, other) for route in item.http for match in route.matches
    )


def without_https(graph: Graph, gateway: Gateway) -> Remarks:
    """Yield the redirects to HTTPS for hosts that no server of these gateways serves over HTTPS."""
    if not any(node.at("tls", "httpsRedirect") is not None for node in gateway.servers):
        return
    same = [other for other in graph.subjects(Gateway) if selects(other) == selects(gateway)]
    secure = [Server(other, node) for other in same for node in other.servers]
    secure = [s for s in secure if (s.node.text_at("port", "protocol") or "").upper() in ("HTTPS", "TLS")]
    for node in gateway.servers:
        redirect = node.scalar("tls", "httpsRedirect")
        if redirect is None or redirect.text != "true" or (node.text_at("port", "protocol") or "").upper() != "HTTP":
            continue
        for host in node.items_at("hosts"):
            if not isinstance(host, Scalar) or host.opaque or gateway.unit.incomplete:
                continue
            name = server_host(host.text, gateway.namespace)[1]
            if not any(server.serves(name) for server in secure):
                yield Remark(
                    redirect,
                    f"requests for `{name}` are redirected to HTTPS, which nobody serves",
                    "clients are sent to a port that does not answer for this host",
                    "add a server with protocol `HTTPS` for the host, or remove the redirect",
                    ((host, "the host"),),
                )
                break
