"""Ports of destinations: whether the host has them, and whether the routes fit their protocol.

Source: Istio, ``pilot/pkg/networking/core/route/route.go`` (``GetDestinationCluster``: without a port the only one of
the Service is used, else that of the listener); Istio documentation, "Protocol Selection".
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.model import Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.istio.links import HostUse
from kubelint.systems.istio.model import DestinationRule, Gateway, VirtualService
from kubelint.systems.istio.protocols import HTTP, TLS, UNKNOWN, Port, ports_of
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.model import Service
from kubelint.tree.node import Mapping, Scalar
from kubelint.words import joined


def resolved(graph: Graph, service: VirtualService, *verbs: str) -> Iterator[Reference]:
    """Yield the references of a VirtualService to hosts whose ports are all known."""
    for reference in graph.outgoing(service):
        if reference.kind not in verbs or reference.resolution is not Resolution.RESOLVED:
            continue
        owners = [target.owner for target in reference.targets]
        if any(owner is None or owner.unit.incomplete for owner in owners):
            continue
        if any(isinstance(owner, Service) and owner.type == "ExternalName" for owner in owners):
            continue
        yield reference


def _known(ports: list[Port]) -> bool:
    return bool(ports) and not any(port.number.opaque for port in ports)


def _shown(ports: list[Port]) -> str:
    return joined([f"`{port.number.text}`" for port in ports[:6]], "and")


def unknown_ports(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the ports of destinations that the host does not have."""
    for reference in resolved(graph, service, "routes-to", "mirrors-to"):
        use = reference.detail
        if not isinstance(use, HostUse) or use.destination is None:
            continue
        node = use.destination.node.scalar("port", "number")
        ports = list(ports_of(reference.targets))
        if node is None or node.opaque or not _known(ports) or node.text in {port.number.text for port in ports}:
            continue
        targets = {port.node.text_at("targetPort"): port for port in ports}
        meant = targets.get(node.text)
        only = ports[0] if len({port.number.text for port in ports}) == 1 else meant
        yield Remark(
            node,
            f"host `{use.host.name}` has no port `{node.text}`",
            "requests that come here get 503",
            f"write `{only.number.text}`" if only is not None else f"it has {_shown(ports)}",
            tuple((port.number, "this port exists") for port in ports[:3]),
            path=(service, reference.targets[0]),
            note=f"`{node.text}` is the port of the pods; routes name that of the Service"
            if meant is not None
            else None,
            candidates=(only.number.text,) if only is not None else (),
        )


def ambiguous_ports(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the destinations without port whose host has several, none of which is the one that requests come in on."""
    incoming = _incoming_ports(graph, service)
    if incoming is None:
        return
    for reference in resolved(graph, service, "routes-to"):
        use = reference.detail
        if not isinstance(use, HostUse) or use.destination is None or use.destination.node.at("port") is not None:
            continue
        ports = list(ports_of(reference.targets))
        numbers = {port.number.text for port in ports}
        lacking = sorted(incoming - numbers)
        if len(numbers) < 2 or not _known(ports) or not lacking or use.destination.host is None:
            continue
        yield Remark(
            use.destination.host,
            f"the route to `{use.host.name}` does not say which of its ports",
            f"requests come in on port `{lacking[0]}`, which the host does not have",
            f"add `port.number`: it has {_shown(ports)}",
            tuple((port.number, "one of its ports") for port in ports[:3]),
            path=(service, reference.targets[0]),
        )


def _incoming_ports(graph: Graph, service: VirtualService) -> set[str] | None:
    """Return the ports at which requests for a VirtualService come in; None where they are not known."""
    found: set[str] = set()
    if service.in_mesh:
        own = graph.outgoing(service, "routes-for")
        if len(own) != len(service.hosts) or any(r.resolution is not Resolution.RESOLVED for r in own):
            return None
        found |= {port.number.text for reference in own for port in ports_of(reference.targets)}
    for reference in graph.outgoing(service, "binds-gateway"):
        gateways = [target for target in reference.targets if isinstance(target, Gateway)]
        numbers = [server.scalar("port", "number") for gateway in gateways for server in gateway.servers]
        if not gateways or any(number is None or number.opaque for number in numbers):
            return None
        found |= {number.text for number in numbers if number is not None}
    return found


def unfitting_sections(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the sections (``http``, ``tls``, ``tcp``) that no port of the hosts has a use for."""
    own = list(resolved(graph, service, "routes-for"))
    spec = service.root.mapping("spec")
    if spec is None or not service.in_mesh or service.gateways or not own or len(own) != len(service.hosts):
        return
    ports = [port for reference in own for port in ports_of(reference.targets)]
    if not _known(ports) or any(port.said is None and port.protocol != UNKNOWN for port in ports):
        return
    fitting = {
        "http": any(port.is_http for port in ports),
        "tls": any(port.protocol in TLS or port.protocol == UNKNOWN for port in ports),
        "tcp": any(port.protocol not in HTTP | TLS for port in ports),
    }
    for section, fits_any in fitting.items():
        key = spec.key(section)
        if key is None or fits_any or not spec.items_at(section):
            continue
        shown = joined([f"`{port.protocol}`" for port in ports], "and")
        yield Remark(
            key,
            f"the routes of `{section}` are never used: the host speaks {shown}",
            "no port of the host has this protocol",
            _advice(section, ports[0]),
            tuple((port.said, f"this says `{port.protocol}`") for port in ports[:3] if port.said is not None),
            path=(service, own[0].targets[0]),
        )


def _advice(section: str, port: Port) -> str:
    wanted = "http" if port.protocol in HTTP else "tls" if port.protocol in TLS else "tcp"
    return f"write the routes under `{wanted}`, or name the port for its protocol (`{section}-…`)"


def unknown_port_settings(graph: Graph, rule: DestinationRule) -> Remarks:
    """Yield the entries of ``portLevelSettings`` for ports that the host does not have."""
    for reference in graph.outgoing(rule, "applies-to"):
        owners = [target.owner for target in reference.targets]
        if reference.resolution is not Resolution.RESOLVED or any(o is None or o.unit.incomplete for o in owners):
            continue
        ports = list(ports_of(reference.targets))
        if not _known(ports) or any(isinstance(o, Service) and o.type == "ExternalName" for o in owners):
            continue
        for policy in _policies(rule):
            for entry in policy.items_at("portLevelSettings"):
                node = entry.scalar("port", "number")
                if node is None or node.opaque or node.text in {port.number.text for port in ports}:
                    continue
                meant = next((port for port in ports if port.node.text_at("targetPort") == node.text), None)
                yield Remark(
                    node,
                    f"host `{rule.host.text if rule.host is not None else ''}` has no port `{node.text}`",
                    "these settings are used nowhere",
                    f"write `{meant.number.text}`" if meant is not None else f"it has {_shown(ports)}",
                    tuple((port.number, "this port exists") for port in ports[:3]),
                    path=(rule, reference.targets[0]),
                    candidates=(meant.number.text,) if meant is not None else (),
                )


def _policies(rule: DestinationRule) -> Iterator[Mapping]:
    for holder in (rule.root.mapping("spec"), *rule.root.items_at("spec", "subsets")):
        policy = None if holder is None else holder.mapping("trafficPolicy")
        if policy is not None:
            yield policy


def dropped_blocks(rule: DestinationRule) -> Remarks:
    """Yield the entries of ``portLevelSettings`` that put the default in the place of a block of their policy."""
    for policy in _policies(rule):
        for entry in policy.items_at("portLevelSettings"):
            if not isinstance(entry, Mapping):
                continue
            lost = [
                key
                for name in ("connectionPool", "outlierDetection", "tls")
                if (key := policy.key(name)) is not None and entry.get(name) is None
            ]
            port = entry.scalar("port", "number")
            if lost and isinstance(port, Scalar) and not any(key.opaque for key, _ in entry.pairs()):
                names = joined([f"`{key.text}`" for key in lost], "and")
                yield Remark(
                    port,
                    f"port `{port.text}` loses {names} of the rule",
                    "settings of a port replace those of the rule completely",
                    f"repeat {names} in this entry",
                    tuple((key, "not in effect for this port") for key in lost),
                )
