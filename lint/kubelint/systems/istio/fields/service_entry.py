"""Fields of a ServiceEntry that no schema checks.

Source: Istio, ``pkg/config/validation/validation.go`` (``ValidateServiceEntry``); Istio reference, "Service Entry".
"""

from __future__ import annotations

from kubelint.finding import Severity
from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.fault import (
    Family,
    Fault,
    Faults,
    complete,
    duplicates,
    exclusive,
    field,
    filled,
    idle,
    known,
    mappings,
    scalars,
    wrong,
)
from kubelint.systems.istio.fields.names import check_host, host_fault, is_ip
from kubelint.systems.istio.model import ServiceEntry
from kubelint.tree.node import Mapping, Scalar
from kubelint.words import quoted

_DYNAMIC_PROTOCOLS = frozenset({"HTTP", "HTTPS", "TLS", "GRPC", "HTTP2"})


def faults(entry: ServiceEntry) -> Faults:
    """Yield what Istio refuses or ignores in a ServiceEntry."""
    spec = entry.root.mapping("spec")
    if spec is None:
        return
    yield from common.export_to(entry)
    yield from common.selector(entry, spec.mapping("workloadSelector"), "labels")
    resolution = spec.text_at("resolution") or "NONE"
    hosts = [node for node in entry.hosts if not node.opaque]
    for node in hosts:
        if node.text == "*":
            continue  # one of the CEL rules
        found = list(check_host(node, "hosts"))
        yield from found
        if not found and "*" in node.text and not node.text.startswith("*."):
            yield idle(
                node, f"{quoted(node.text)} is a wildcard over a part of a label", "proxies match whole labels only",
                "write `*.` and the domain",
            )  # fmt: skip
    yield from _addresses(spec)
    ports = mappings(spec, "ports")
    for port in ports:
        yield from common.server_port(port, "ServiceEntry", target=True)
    yield from duplicates([n for p in ports if (n := known(p.get("name"))) is not None], "port name",
                          "the ports of a ServiceEntry have different names")  # fmt: skip
    if filled(spec, "workloadSelector") and resolution == "NONE" and complete(spec):
        yield idle(
            field(spec, "workloadSelector"), "`workloadSelector` does nothing with resolution `NONE`",
            "requests go to the address that the client has asked for", "write `resolution: STATIC`",
        )  # fmt: skip
    if resolution == "DYNAMIC_DNS":
        yield from _dynamic(entry, spec, hosts, ports)
    else:
        yield from _endpoints(spec, resolution, hosts, ports)
    yield from _shared_ports(spec, resolution, hosts, ports)


def _addresses(spec: Mapping) -> Faults:
    yield from common.subnets(scalars(spec, "addresses"), "addresses")


def _dynamic(entry: ServiceEntry, spec: Mapping, hosts: list[Scalar], ports: list[Mapping]) -> Faults:
    key = field(spec, "resolution")
    for node in hosts:
        if not node.text.startswith("*"):
            yield Fault(
                Family.VALUE, node, "`DYNAMIC_DNS` takes wildcards only", f"{quoted(node.text)} is one host",
                "write `resolution: DNS`", ((key, "because of this"),),
            )  # fmt: skip
    for name in ("addresses", "endpoints"):
        if filled(spec, name):
            yield exclusive(spec, "resolution", name, "the client's name decides where requests go")
    for port in ports:
        protocol = known(port.get("protocol"))
        name = "" if protocol is None else protocol.text.upper()
        if protocol is not None and name in common.PROTOCOLS and name not in _DYNAMIC_PROTOCOLS:
            yield wrong(protocol, "protocol", "HTTP, HTTP2, GRPC, HTTPS or TLS with `DYNAMIC_DNS`")
    if spec.text_at("location") == "MESH_INTERNAL" and "istio.io/use-waypoint" in entry.labels:
        yield Fault(
            Family.EXCLUSIVE, field(spec, "location"), "`DYNAMIC_DNS` with a waypoint is for the outside world only",
            "this says that the hosts are in the mesh", "write `MESH_EXTERNAL`",
        )  # fmt: skip


def _endpoints(spec: Mapping, resolution: str, hosts: list[Scalar], ports: list[Mapping]) -> Faults:
    endpoints = mappings(spec, "endpoints")
    names = {name.text for port in ports if (name := known(port.get("name"))) is not None}
    for endpoint in endpoints:
        address = known(endpoint.get("address"))
        socket = address is not None and address.text.startswith("unix://")
        if address is not None and not is_ip(address.text):
            if resolution == "STATIC" and not socket:
                yield wrong(
                    address, "address", "an IP address with resolution `STATIC`", help="write `resolution: DNS`"
                )
            if resolution.startswith("DNS") and (socket or host_fault(address.text, wildcard=False) is not None):
                yield wrong(address, "address", "a host or an IP address with resolution `DNS`")
        for key, _ in endpoint.pairs_at("ports"):
            if names and not key.opaque and key.text not in names and len(names) == len(ports):
                yield Fault(
                    Family.VALUE, key, f"the endpoint has a port `{key.text}` that the ServiceEntry lacks",
                    "no port has this name", f"write {' or '.join(f'`{name}`' for name in sorted(names))}",
                )  # fmt: skip
    if resolution.startswith("DNS") and not endpoints and not filled(spec, "workloadSelector") and complete(spec):
        for node in hosts:
            if node.text.startswith("*"):
                yield Fault(
                    Family.VALUE, node, f"resolution `{resolution}` cannot look up the wildcard {quoted(node.text)}",
                    "DNS has no such name, and there are no endpoints", "add `endpoints`, or write `resolution: NONE`",
                    ((field(spec, "resolution"), "because of this"),),
                )  # fmt: skip
    if resolution == "STATIC" and not endpoints and not filled(spec, "workloadSelector") and complete(spec):
        yield idle(
            spec.get("resolution") or field(spec, "resolution"), "resolution `STATIC` without endpoints leads nowhere",
            "requests are answered with 503", "add `endpoints` or `workloadSelector`",
        )  # fmt: skip


def _shared_ports(spec: Mapping, resolution: str, hosts: list[Scalar], ports: list[Mapping]) -> Faults:
    """Yield the ports at which the proxy cannot tell several hosts apart."""
    if len(hosts) < 2 or resolution == "NONE":
        return
    for port in ports:
        node = known(port.get("protocol"))
        name = "TCP" if node is None else node.text.upper()
        if node is None or name not in common.PROTOCOLS or name in common.HTTP_PROTOCOLS | common.TLS_PROTOCOLS:
            continue
        yield Fault(
            Family.VALUE, node, f"several hosts cannot share a port with protocol `{name}`",
            "there is nothing by which the proxy could tell them apart", "make a ServiceEntry for each host",
            ((hosts[1], "the second host"),), Severity.WARNING if filled(spec, "addresses") else Severity.ERROR,
        )  # fmt: skip
