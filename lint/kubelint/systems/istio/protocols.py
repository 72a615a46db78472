"""Which protocol the proxy speaks at a port of a Service or a ServiceEntry.

Source: Istio, ``pkg/config/kube/conversion.go`` (``ConvertProtocol``) and ``pkg/config/protocol/instance.go``; Istio
documentation, "Protocol Selection".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubelint.graph.model import Entity
from kubelint.systems.istio.model import ServiceEntry
from kubelint.systems.kubernetes.model import Service
from kubelint.tree.node import Mapping, Node, Scalar

PREFIXES = (
    "tcp", "udp", "grpc", "grpc-web", "http", "http_proxy", "http2", "https", "tls", "mongo", "redis", "mysql", "hbone",
)  # fmt: skip
HTTP = frozenset({"http", "http2", "grpc", "grpc-web", "http_proxy"})
TLS = frozenset({"https", "tls"})
UNKNOWN = ""
_KUBERNETES = {"kubernetes.io/h2c": "http2", "kubernetes.io/ws": "http", "kubernetes.io/wss": "https"}
#: Ports at which the server speaks first, so that nothing is sniffed.
_SERVER_FIRST = frozenset({"25", "53", "3306", "27017"})


class Port(NamedTuple):
    """A port of a host: ``protocol`` is lower case, :data:`UNKNOWN` where it is found out by looking at the traffic.

    ``said`` is the scalar that decides the protocol.
    """

    owner: Entity
    node: Mapping
    number: Scalar
    protocol: str
    said: Node | None = None

    @property
    def is_http(self) -> bool:
        """Whether requests of HTTP can be told apart: the protocol is HTTP, or may be."""
        return self.protocol in HTTP or self.protocol == UNKNOWN


def by_name(name: str) -> str:
    """Return the protocol that the name of a port says; :data:`UNKNOWN` where it says none."""
    lower = name.lower()
    if lower == "grpc-web" or lower.startswith("grpc-web-"):
        return "grpc-web"
    prefix = lower.partition("-")[0]
    return prefix if prefix in PREFIXES else UNKNOWN


def service_protocol(port: Node) -> tuple[str, Scalar | None]:
    """Return the protocol of a port of a Service, and the scalar that says so."""
    transport = port.scalar("protocol")
    if transport is not None and transport.text == "UDP":
        return "udp", transport
    said = port.scalar("appProtocol")
    if said is not None:
        protocol = _KUBERNETES.get(said.text, said.text.lower())
        return (protocol if protocol in PREFIXES else UNKNOWN), said
    name, number = port.scalar("name"), port.text_at("port") or ""
    protocol = by_name(name.text) if name is not None else UNKNOWN
    if protocol == UNKNOWN and number in _SERVER_FIRST:
        return "tcp", port.scalar("port")
    return protocol, name


def ports_of(targets: Iterable[Entity]) -> Iterator[Port]:
    """Yield the ports of the Services and ServiceEntries that a host means."""
    for target in targets:
        owner = target.owner
        if isinstance(owner, Service):
            for node in owner.ports:
                number = node.scalar("port")
                if number is not None and isinstance(node, Mapping):
                    yield Port(owner, node, number, *service_protocol(node))
        elif isinstance(owner, ServiceEntry):
            for node in owner.root.items_at("spec", "ports"):
                number = node.scalar("number")
                if number is not None and isinstance(node, Mapping):
                    said = node.scalar("protocol")
                    name = node.text_at("name") or ""
                    protocol = said.text.lower() if said is not None else by_name(name)
                    yield Port(owner, node, number, protocol, said or node.scalar("name"))
