"""ServiceEntries among themselves, and with DestinationRules for their hosts.

Source: Istio reference, "Service Entry"; Istio documentation, "Egress TLS Origination" and "Traffic
Management Problems".
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.istio.destinations import destination_rules
from kubelint.systems.istio.hosts import Host, exported_to, resolve_host
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import ServiceEntry, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.istio.traffic_policy import effective_policy
from kubelint.systems.kubernetes.alternatives import together
from kubelint.tree.node import Scalar

_TLS = ("HTTPS", "TLS")
_ORIGINATES = ("SIMPLE", "MUTUAL")


def overlapping(graph: Graph, entry: ServiceEntry) -> Remarks:
    """Yield the hosts that another ServiceEntry adds at the same port, and say where the two disagree."""
    own = _ports(entry)
    for host in entry.hosts:
        if host.opaque:
            continue
        for other, there in _by_host(graph).get(host.text, ()):
            if other is entry:
                break
            if not together(graph, other, entry) or not _meet(entry, other):
                continue
            theirs = _ports(other)
            shared = [number for number in own if number in theirs]
            differing = [n for n in shared if own[n].text.upper() != theirs[n].text.upper()]
            if differing:
                number = differing[0]
                yield Remark(
                    own[number],
                    f"two ServiceEntries disagree on port `{number}` of `{host.text}`",
                    f"here it speaks `{own[number].text}`",
                    "let both say the same protocol",
                    ((theirs[number], f"there it speaks `{theirs[number].text}`"), (there, "the same host")),
                    path=(other, entry),
                )
            elif shared:
                yield Remark(
                    host,
                    f"two ServiceEntries add port `{shared[0]}` of `{host.text}`",
                    "one of the two decides, or their endpoints are mixed",
                    "join the two",
                    ((there, f"ServiceEntry `{other.name}` adds it as well"),),
                    path=(other, entry),
                )
            break


def _by_host(graph: Graph) -> dict[str, list[tuple[ServiceEntry, Scalar]]]:
    def collect() -> dict[str, list[tuple[ServiceEntry, Scalar]]]:
        found: dict[str, list[tuple[ServiceEntry, Scalar]]] = {}
        for entry in graph.subjects(ServiceEntry):
            for node in entry.hosts:
                found.setdefault(node.text, []).append((entry, node))
        return found

    return graph.once("istio entries by host", collect)


def _ports(entry: ServiceEntry) -> dict[str, Scalar]:
    """Return the protocols by port number; the number itself stands for one that is not said."""
    found: dict[str, Scalar] = {}
    for port in entry.root.items_at("spec", "ports"):
        number = port.scalar("number")
        if number is not None and not number.opaque:
            found[number.text] = port.scalar("protocol") or number
    return found


def _meet(one: ServiceEntry, other: ServiceEntry) -> bool:
    if one.namespace == other.namespace:
        return True
    return exported_to(one, other.namespace) and exported_to(other, one.namespace)


def double_tls(graph: Graph, entry: ServiceEntry) -> Remarks:
    """Yield the ports that carry TLS already and get a second layer of it from a DestinationRule."""
    rules = destination_rules(graph)
    for host_node in entry.hosts:
        if host_node.opaque:
            continue
        host = resolve_host(host_node.text, entry.namespace, mesh(graph))
        if host in _routed_plain(graph):
            continue  # plain requests are sent to the port, and the TLS is added to those
        for rule in rules.effective(host, entry.namespace):
            if rule.unit is not entry.unit or not (
                together(graph, rule, entry) or rule.root.source is entry.root.source
            ):
                continue
            for port in entry.root.items_at("spec", "ports"):
                number, protocol = port.scalar("number"), port.scalar("protocol")
                if number is None or protocol is None or protocol.text.upper() not in _TLS:
                    continue
                tls = effective_policy(rule, None, number.text).get("tls")
                mode = None if tls is None else tls.scalar("mode")
                if mode is not None and mode.text in _ORIGINATES:
                    yield Remark(
                        mode,
                        f"requests to `{host_node.text}` are encrypted twice",
                        f"port `{number.text}` carries TLS of the client already",
                        "write protocol `HTTP` and let clients send plain requests, or remove `tls`",
                        ((protocol, "the client is expected to speak TLS"),),
                        path=(rule, entry),
                    )
                    return


def _routed_plain(graph: Graph) -> frozenset[Host]:
    """Return the hosts that a route for plain requests leads to."""

    def collect() -> frozenset[Host]:
        return frozenset(
            resolve_host(destination.host.text, service.namespace, mesh(graph))
            for service in graph.subjects(VirtualService)
            for route in service.http
            for destination in route.destinations
            if destination.host is not None
        )

    return graph.once("istio hosts of plain requests", collect)


def without_address(entry: ServiceEntry) -> Remarks:
    """Yield the TCP ports of an entry without addresses: all such entries share one listener."""
    if entry.root.items_at("spec", "addresses") or entry.root.text_at("spec", "resolution") in (None, "NONE"):
        return
    for port in entry.root.items_at("spec", "ports"):
        protocol = port.scalar("protocol")
        if protocol is not None and protocol.text.upper() in ("TCP", "MONGO", "REDIS", "MYSQL"):
            yield Remark(
                protocol,
                "traffic to this port is told apart by nothing but the port",
                "the entry has no `addresses`",
                "add `addresses`, or let Istio allocate them",
            )
