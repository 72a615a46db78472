"""Fields of a VirtualService that no schema checks: hosts, gateways, TLS and TCP routes.

Source: Istio, ``pkg/config/validation/validation.go`` and ``virtualservice.go``; Istio reference, "VirtualService".
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.systems.istio.fields import common, http
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    field,
    filled,
    idle,
    known,
    mappings,
    missing,
    port_range,
    scalars,
    wrong,
)
from kubelint.systems.istio.fields.names import check_host, host_fault, is_ip, is_label
from kubelint.systems.istio.hosts import matches, subset_of
from kubelint.systems.istio.model import MESH, VirtualService
from kubelint.tree.node import Mapping, Scalar
from kubelint.words import quoted

CLAIM = "@request.auth.claims"


def faults(service: VirtualService) -> Faults:
    """Yield what Istio refuses or ignores in a VirtualService."""
    spec = service.root.mapping("spec")
    if spec is None:
        return
    delegate = not filled(spec, "hosts") and complete(spec)
    yield from common.export_to(service)
    yield from _delegate(spec) if delegate else _hosts(service)
    for node in service.gateway_names():
        yield from _gateway_name(node)
    if complete(spec) and not any(filled(spec, name) for name in ("http", "tls", "tcp")):
        yield missing(spec, ("http", "tls", "tcp"), "a VirtualService", "it has no route", key=service.name_node)
    for route in service.http:
        yield from http.route_faults(route.node, delegate=delegate)
        yield from _claims(service, route.node)
    for entry in mappings(spec, "tls"):
        yield from _tls_route(service, entry)
    for entry in mappings(spec, "tcp"):
        yield from _tcp_route(entry)


def _delegate(spec: Mapping) -> Faults:
    """Yield what a VirtualService without hosts may not have: it is only read through another one."""
    for name, why in (
        ("gateways", "the gateways of the VirtualService that delegates count"),
        ("tls", "only `http` can be delegated"),
        ("tcp", "only `http` can be delegated"),
    ):
        if filled(spec, name):
            yield Fault(
                Family.EXCLUSIVE, field(spec, name), f"a VirtualService without hosts has no `{name}`", why,
                f"add `hosts`, or remove `{name}`",
            )  # fmt: skip


def _hosts(service: VirtualService) -> Faults:
    well: list[Scalar] = []
    for node in service.hosts:
        found = list(check_host(node, "hosts", address=True))
        yield from found
        if found or node.opaque:
            continue
        if node.text == "*" and service.in_mesh:
            yield Fault(
                Family.MESH_WILDCARD, node, "sidecars cannot route for the host `*`", "`*` is for gateways only",
                "name the hosts, or bind the VirtualService to a gateway",
            )  # fmt: skip
        for other in well:
            if node.text.lower() == other.text.lower() or (
                "*" in node.text + other.text and matches(node.text.lower(), other.text.lower())
            ):
                yield Fault(
                    Family.DUPLICATE, node, f"the hosts {quoted(other.text)} and {quoted(node.text)} overlap",
                    "Istio refuses a VirtualService that routes twice for a host", "remove one of the two",
                    ((other, "the first one"),),
                )  # fmt: skip
                break
        else:
            well.append(node)


def _gateway_name(node: Scalar) -> Faults:
    if node.opaque:
        return
    text = node.text
    namespace, slash, name = text.partition("/")
    if slash:
        if (namespace != "." and not is_label(namespace)) or not is_label(name):
            yield wrong(node, "gateways", "`namespace/name`")
    elif not text or host_fault(text, wildcard=False) is not None:
        yield wrong(node, "gateways", "`name` or `namespace/name`")
    elif "." in text:
        labels = text.split(".")
        yield Fault(
            Family.DEPRECATED, node, f"{quoted(text)} names a gateway the old way", "the form is `namespace/name`",
            f"write `{labels[1]}/{labels[0]}`", severity=Severity.WARNING, candidates=(f"{labels[1]}/{labels[0]}",),
        )  # fmt: skip


def _claims(service: VirtualService, route: Mapping) -> Faults:
    """Yield the matches on claims of a token that sidecars would evaluate: only gateways can."""
    for match in mappings(route, "match"):
        gateways = scalars(match, "gateways") or service.gateways
        if gateways and all(gateway.text != MESH for gateway in gateways):
            continue
        for section in ("headers", "withoutHeaders"):
            for key, _ in match.pairs_at(section):
                if key.text.startswith(CLAIM):
                    yield Fault(
                        Family.VALUE, key, "only gateways can match claims of a token",
                        "sidecars use this VirtualService as well", "bind the VirtualService to gateways only",
                    )  # fmt: skip


def _match(match: Mapping) -> Faults:
    yield from common.subnets(scalars(match, "destinationSubnets"), "destinationSubnets")
    yield from port_range(match.get("port"), "port")
    namespace = known(match.get("sourceNamespace"))
    if namespace is not None and not is_label(namespace.text):
        yield wrong(namespace, "sourceNamespace", "the name of a namespace")


def _tls_route(service: VirtualService, route: Mapping) -> Faults:
    if complete(route) and not filled(route, "match") and route.get("match") is not None:
        yield missing(route, ("match",), "a TLS route", "it takes requests by their SNI", key=route.key("match"))
    if complete(route) and not filled(route, "route"):
        yield missing(route, ("route",), "a TLS route", "it leads nowhere")
    hosts = [node for node in service.hosts if not node.opaque]
    for match in mappings(route, "match"):
        yield from _match(match)
        if match.get("sniHosts") is not None and not filled(match, "sniHosts"):
            yield missing(
                match, ("sniHosts",), "a match of a TLS route", "no name is matched", key=match.key("sniHosts")
            )
        for node in scalars(match, "sniHosts"):
            yield from _sni_host(node, hosts, complete_hosts=len(hosts) == len(service.hosts))
    yield from http.weights(mappings(route, "route"))


def _sni_host(node: Scalar, hosts: list[Scalar], *, complete_hosts: bool) -> Faults:
    if is_ip(node.text):
        yield idle(node, f"{quoted(node.text)} is never an SNI", "clients send no SNI for an address")
        return
    found = list(check_host(node, "sniHosts"))
    yield from found
    if found or not hosts or not complete_hosts:
        return
    if not any(subset_of(node.text, host.text) for host in hosts):
        yield Fault(
            Family.VALUE, node, f"the SNI {quoted(node.text)} is none of the hosts of the VirtualService",
            "it must be a host of the VirtualService or below one", "add it to `hosts`, or correct it",
            tuple((host, "a host") for host in hosts[:3]),
        )  # fmt: skip


def _tcp_route(route: Mapping) -> Faults:
    if complete(route) and not filled(route, "route"):
        yield missing(route, ("route",), "a TCP route", "it leads nowhere")
    for match in mappings(route, "match"):
        yield from _match(match)
        subnet = known(match.get("sourceSubnet"))
        if subnet is not None:
            yield from common.subnets([subnet], "sourceSubnet")
    yield from http.weights(mappings(route, "route"))
