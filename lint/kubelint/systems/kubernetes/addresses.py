"""Addresses in what programs are told: ``http://web:8080`` in a variable, an argument or a value of a ConfigMap.

An address counts where nothing else can be meant: the whole value (or what follows ``=`` in an argument) is a URL, a
host with a port, or a name that ends in ``.svc`` or ``.svc.cluster.local``. A bare word is no address.

Source: Kubernetes documentation, "DNS for Services and Pods".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kubelint.graph.model import EnvironmentVariable, Key
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.calls import CLUSTER_DOMAIN, split_host
from kubelint.systems.kubernetes.model import ConfigMap, KubernetesObject, Service
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.refer import refer_to
from kubelint.systems.kubernetes.scope import units_together
from kubelint.tree.node import Scalar

_ADDRESS = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]{0,30})://)?(?:[^\s/@]*@)?"
    r"(?P<host>[a-z0-9](?:[-a-z0-9.]{0,252}[a-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?(?:/\S*)?\Z"
)
_FLAG = re.compile(r"--?[A-Za-z][A-Za-z0-9._-]*=")
_NUMERIC = re.compile(r"[0-9.]+\Z")
_LONGEST_VALUE = 2_048
_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_SERVICE_SUFFIXES = (".svc", f".svc.{CLUSTER_DOMAIN}")


@dataclass(eq=False)
class Address:
    """An address: where it stands, its parts, and the Services of the repository that it means."""

    resource: KubernetesObject
    node: Scalar
    scheme: str | None
    host: str
    host_node: Scalar
    port: int | None
    port_node: Scalar | None
    services: list[Service] = field(default_factory=list)

    @property
    def effective_port(self) -> int | None:
        """The port that is written down, else that of the scheme; None where neither says."""
        return _DEFAULT_PORTS.get(self.scheme or "") if self.port is None else self.port

    @property
    def inside(self) -> bool:
        """Whether the name says that it is a Service's: it ends in ``.svc`` or in the cluster's domain."""
        return self.host.rstrip(".").endswith(_SERVICE_SUFFIXES)

    @property
    def short(self) -> bool:
        """Whether it is one word, which the pod's own namespace is searched for."""
        return "." not in self.host


def link(graph: Graph) -> None:
    """Make each address a subject with the Services that it means, and resolve names that can only be Services'."""
    for address in _addresses(graph):
        named = split_host(address.host, address.resource.namespace)
        if named is not None:
            name, namespace = named
            wanted = Key("kubernetes", "Service", namespace, name)
            address.services = [
                found
                for found in graph.find(wanted, address.resource.unit, file=address.node.source)
                if isinstance(found, Service) and may_mean(graph, address.resource, namespace, found, address.host)
            ]
            if address.inside and not graph.find(wanted):
                node = piece(address.host_node, 0, len(name))
                refer_to(graph, "calls", address.resource, node, "Service", namespace=namespace)
        graph.add_subject(address)


def may_mean(graph: Graph, source: KubernetesObject, namespace: str, service: Service, host: str) -> bool:
    """Tell whether a host name of an object means a Service that bears the name, and no namesake elsewhere.

    A Service of another unit must name its namespace. `grafana.com` is no Service of a namespace `com` because some
    Service `grafana` leaves its namespace out.
    """
    exact = len(host.rstrip(".").split(".")) == 2
    if service.unit is source.unit:
        return not exact or service.namespace == namespace
    return bool(namespace) and service.namespace == namespace and units_together(graph, service.unit, source.unit)


def addresses_of(graph: Graph, resource: KubernetesObject) -> list[Address]:
    """Return the addresses that the pods of a resource are told in variables and arguments."""

    def collect() -> dict[int, list[Address]]:
        found: dict[int, list[Address]] = {}
        for address in graph.subjects(Address):
            found.setdefault(id(address.resource), []).append(address)
        return found

    return graph.once("addresses by resource", collect).get(id(resource), [])


def parse_address(resource: KubernetesObject, node: Scalar, start: int = 0) -> Address | None:
    """Return the address that a value is from a position on; None where it is none or only known later."""
    text = node.text
    if len(text) > _LONGEST_VALUE or node.opaque:
        return None
    found = _ADDRESS.match(text, start)
    if found is None or _NUMERIC.match(found["host"]) or found["host"] == "localhost":
        return None
    scheme, host, port = found["scheme"], found["host"], found["port"]
    if scheme is None and port is None and not host.endswith(_SERVICE_SUFFIXES):
        return None
    return Address(
        resource,
        node,
        scheme,
        host,
        piece(node, *found.span("host")),
        None if port is None else int(port),
        None if port is None else piece(node, *found.span("port")),
    )


def piece(node: Scalar, start: int, end: int) -> Scalar:
    """Return a part of a value as a node of its own, so that a finding stands at that very part."""
    span = node.part(start, end)
    return Scalar(span.file, span.start, span.end, node.text[start:end])


def _addresses(graph: Graph) -> Iterator[Address]:
    for resource, node, start in _values(graph):
        # Nearly every value has neither, and no pattern is needed to see it.
        if ":" in node.text or ".svc" in node.text:
            address = parse_address(resource, node, start)
            if address is not None:
                yield address


def _values(graph: Graph) -> Iterator[tuple[KubernetesObject, Scalar, int]]:
    """Yield resource, value and where in it an address would begin."""
    for variable in graph.subjects(EnvironmentVariable):
        if isinstance(variable.resource, KubernetesObject):
            yield variable.resource, variable.value, 0
    for container in graph.subjects(Container):
        for section in ("command", "args"):
            yield from _arguments(container, section)
    for config_map in graph.subjects(ConfigMap):
        for _, value in config_map.root.pairs_at("data"):
            if isinstance(value, Scalar):
                yield config_map, value, 0


def _arguments(container: Container, section: str) -> Iterable[tuple[KubernetesObject, Scalar, int]]:
    for item in container.node.items_at(section):
        if isinstance(item, Scalar) and len(item.text) <= _LONGEST_VALUE:
            flag = _FLAG.match(item.text)
            yield container.owner, item, 0 if flag is None else flag.end()
