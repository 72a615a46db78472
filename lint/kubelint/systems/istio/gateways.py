"""Gateways among themselves and with what they need: ports of their Service, Secrets, other gateways.

Source: Istio reference, "Gateway"; Istio, ``pilot/pkg/model/gateway.go`` (``mergeGateways``); Istio documentation,
"Traffic Management Problems" (404 errors when several gateways have the same certificate).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import takewhile

from kubelint.graph.model import Key
from kubelint.graph.query import Graph, fits
from kubelint.suggest import nearest
from kubelint.systems.istio.authorities import services_of
from kubelint.systems.istio.bindings import binding
from kubelint.systems.istio.hosts import server_host
from kubelint.systems.istio.model import Gateway
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.model import Secret
from kubelint.systems.kubernetes.producers import produced_names
from kubelint.tree.node import Mapping, Scalar

_CA_SUFFIX = "-cacert"
_NOT_TRANSLATED = "experimental.istio.io/disable-gateway-port-translation"


def selects(gateway: Gateway) -> frozenset[tuple[str, str]]:
    """Return the labels that a gateway selects by."""
    return frozenset(
        (key.text, value.text) for key, value in gateway.root.pairs_at("spec", "selector") if isinstance(value, Scalar)
    )


def rivals(graph: Graph, gateway: Gateway) -> list[Gateway]:
    """Return the gateways before this one that select the same pods and are applied with it."""

    def collect() -> dict[frozenset[tuple[str, str]], list[Gateway]]:
        found: dict[frozenset[tuple[str, str]], list[Gateway]] = {}
        for item in graph.subjects(Gateway):
            found.setdefault(selects(item), []).append(item)
        return found

    same = graph.once("istio gateways by selector", collect)[selects(gateway)]
    return [other for other in takewhile(lambda item: item is not gateway, same) if together(graph, other, gateway)]


def overlapping(graph: Graph, gateway: Gateway) -> Remarks:
    """Yield the hosts that another gateway serves for the same workload at the same port: one of the two is skipped."""
    if not selects(gateway):
        return
    served = _served(graph)
    for key, namespace, node in _claims(gateway):
        for other, where, there in takewhile(_others(gateway), served[key]):
            if (where == namespace or "*" in (where, namespace)) and together(graph, other, gateway):
                yield Remark(
                    node,
                    f"two Gateways serve `{node.text}` at one port of the same workload",
                    "one of the two servers is skipped",
                    "leave the host to one of them",
                    ((there, f"Gateway `{other.name}` serves it as well"),),
                    path=(other, gateway),
                )
                break


Claim = tuple[Gateway, str, Scalar]


def _others(gateway: Gateway) -> Callable[[Claim], bool]:
    return lambda claim: claim[0] is not gateway


def _claims(gateway: Gateway) -> Iterator[tuple[tuple[object, ...], str, Scalar]]:
    """Yield selector, port, address and host of each entry of ``hosts``, with its namespace part and its node."""
    for server in gateway.servers:
        port, bind = server.text_at("port", "number"), server.text_at("bind") or ""
        for node in server.items_at("hosts"):
            if isinstance(node, Scalar) and not node.opaque:
                namespace, host = server_host(node.text, gateway.namespace)
                yield (selects(gateway), port, bind, host), namespace, node


def _served(graph: Graph) -> dict[tuple[object, ...], list[Claim]]:
    def collect() -> dict[tuple[object, ...], list[Claim]]:
        found: dict[tuple[object, ...], list[Claim]] = {}
        for gateway in graph.subjects(Gateway):
            for key, namespace, node in _claims(gateway):
                found.setdefault(key, []).append((gateway, namespace, node))
        return found

    return graph.once("istio hosts of servers", collect)


def unexposed_ports(graph: Graph, gateway: Gateway) -> Remarks:
    """Yield the ports of servers that no Service of the gateway's pods leads to.

    Istio takes the port of a server for one of the Service first, and listens on its ``targetPort``; only a port that
    no Service has is taken as it is. A label on the Service turns that off.
    """
    found = binding(graph, gateway)
    if found is None or not found.templates:
        return
    services = services_of(graph, found.templates)
    if not services or any(service.unit.incomplete for service in services):
        return
    targets = {_target(port) for service in services for port in service.ports}
    if None in targets or not all(target and target.isdigit() for target in targets):
        return
    ports = {port.text_at("port") for service in services for port in service.ports}
    translated = {
        port.text_at("port") for service in services if _NOT_TRANSLATED not in service.labels for port in service.ports
    }
    for server in gateway.servers:
        number = server.scalar("port", "number")
        if (
            number is None
            or number.opaque
            or number.text in targets
            or number.text in translated
            or (server.text_at("bind") or "").startswith("unix")
        ):
            continue
        yield Remark(
            number,
            f"no Service leads to port `{number.text}` of this gateway",
            "nothing reaches this server",
            "name the `targetPort` of the Service, not its port" if number.text in ports else
            f"add a port to Service `{services[0].name}`",
            ((services[0], "the Service of the gateway's pods"),),
            path=(gateway, services[0]),
        )  # fmt: skip


def _target(port: object) -> str | None:
    if not isinstance(port, Mapping):
        return None
    node = port.scalar("targetPort") or port.scalar("port")
    return None if node is None or node.opaque else node.text


def missing_credentials(graph: Graph, gateway: Gateway) -> Remarks:
    """Yield the names of Secrets that exist nowhere where the gateway's pods look, but nearly or elsewhere."""
    if gateway.unit.incomplete:
        return
    found = binding(graph, gateway)
    namespaces = {template.owner.namespace for template in found.templates} if found is not None else set()
    for server in gateway.servers:
        nodes = [server.scalar("tls", "credentialName"), *server.items_at("tls", "credentialNames")]
        for node in nodes:
            if isinstance(node, Scalar) and not node.opaque and "://" not in node.text:
                yield from _missing_credential(graph, gateway, node, namespaces)


def _missing_credential(graph: Graph, gateway: Gateway, node: Scalar, namespaces: set[str]) -> Remarks:
    names = {node.text, node.text.removesuffix(_CA_SUFFIX)}
    if names & produced_names(graph, "Secret") or any(
        graph.is_external(Key("kubernetes", "Secret", namespace, node.text)) for namespace in namespaces or {""}
    ):
        return
    known = _secrets(graph)
    everywhere = [secret for name in sorted(names) for secret in known.get(name, ())]
    here = [s for s in everywhere if not namespaces or any(fits(s.namespace, namespace) for namespace in namespaces)]
    if here:
        return
    if everywhere:
        where = min(namespaces)
        yield Remark(
            node,
            f"Secret `{node.text}` is not in the namespace of the gateway's pods",
            f"the pods run in `{where}`, and only look there",
            f"move the Secret to `{where}`",
            ((everywhere[0], f"this one is in `{everywhere[0].namespace}`"),),
            path=(gateway, everywhere[0]),
        )
        return
    own = {name: found for name, secrets in known.items() for found in secrets if found.unit is gateway.unit}
    near = nearest(node.text, own)
    if near:
        yield Remark(
            node,
            f"Secret `{node.text}` does not exist",
            "the server shows no certificate, and connections are refused",
            f"write `{near[0]}`",
            ((own[near[0]], "this one exists"),),
            path=(gateway, own[near[0]]),
            candidates=tuple(near),
        )


def shared_certificates(graph: Graph, gateway: Gateway) -> Remarks:
    """Yield the certificate that another gateway of the same workload uses for other hosts."""
    others = rivals(graph, gateway) if selects(gateway) else []
    for server in gateway.servers if others else ():
        node = server.scalar("tls", "credentialName")
        for other in others if node is not None and not node.opaque else ():
            if node is None:
                continue
            shared = next((n for s in other.servers if (n := s.scalar("tls", "credentialName")) is not None
                           and n.text == node.text), None)  # fmt: skip
            if shared is not None:
                yield Remark(
                    node,
                    f"two Gateways use the certificate `{node.text}`",
                    "browsers that reuse a connection for the other host get 404",
                    "serve the hosts by one server, or give each its own certificate",
                    ((shared, f"Gateway `{other.name}` uses it as well"),),
                    path=(other, gateway),
                )
                break


def unused_hosts(graph: Graph, gateway: Gateway) -> Remarks:
    """Yield the gateway that no VirtualService is bound to."""
    if gateway.unit.incomplete or graph.incoming(gateway, "binds-gateway"):
        return
    yield Remark(
        gateway.name_node or gateway.node,
        f"no VirtualService is bound to the Gateway `{gateway.name}`",
        "every request that it takes gets 404",
        "bind a VirtualService to it, or remove it",
    )


def _secrets(graph: Graph) -> dict[str, list[Secret]]:
    def collect() -> dict[str, list[Secret]]:
        found: dict[str, list[Secret]] = {}
        for secret in graph.subjects(Secret):
            found.setdefault(secret.name, []).append(secret)
        return found

    return graph.once("istio secrets by name", collect)
