"""The hosts that services name in their variables, and whether they are reached there.

A value counts as a host where it is a URL, or where the variable's name ends like one (``DB_HOST``, ``SMTP_SERVER``,
``BROKER_ADDR``). Inside a project a name without dots is a service; ``localhost`` is the container itself.
Source: "Networking in Compose" of the Docker documentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kubelint.graph.containers import Container, PortUse, contents
from kubelint.graph.query import Graph
from kubelint.suggest import NameIndex
from kubelint.systems.compose.containers import container_ports, host_names
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeProject, ComposeService
from kubelint.systems.compose.short import part
from kubelint.tree.node import Scalar
from kubelint_schemas import docker as pack

_HOST_KEY = re.compile(r"(?:\A|.*_)(?:HOST|HOSTNAME|SERVER|ADDR|ADDRESS|HOST_NAME|BROKER|BROKERS)\Z", re.IGNORECASE)
_URL = re.compile(
    r"(?:[a-z]+:)?(?P<scheme>[a-z][a-z0-9+.-]*)://(?:[^@/\s?#]*@)?(?P<host>[A-Za-z0-9][\w.-]*)(?::(?P<port>\d{1,5}))?(?=[/?#,]|\Z)",
    re.ASCII,
)
_PLAIN = re.compile(r"(?P<host>[A-Za-z0-9][\w.-]*)(?::(?P<port>\d{1,5}))?\Z", re.ASCII)
_NO_HOST = frozenset({"true", "false", "yes", "no", "on", "off", "none", "null", "default", "auto", "all"})
_SELF = frozenset({"localhost", "127.0.0.1"})
#: Ports that go without saying.
_SCHEME_PORTS = {
    **dict.fromkeys(("postgres", "postgresql", "postgresql+psycopg2", "postgresql+asyncpg", "postgis"), 5432),
    **dict.fromkeys(("mysql", "mysql2", "mariadb", "mysql+pymysql"), 3306),
    **dict.fromkeys(("redis", "rediss"), 6379),
    **dict.fromkeys(("mongodb",), 27017),
    **dict.fromkeys(("amqp", "amqps"), 5672),
    "memcached": 11211,
    "nats": 4222,
}
_BROWSED = frozenset({"http", "https", "ws", "wss"})
#: What people call the server whose port it is.
_KEY_PORTS = (
    (re.compile(r"POSTGRES|PGHOST|\bPG", re.IGNORECASE), (5432,)),
    (re.compile(r"MYSQL|MARIADB", re.IGNORECASE), (3306,)),
    (re.compile(r"REDIS|VALKEY", re.IGNORECASE), (6379,)),
    (re.compile(r"MONGO", re.IGNORECASE), (27017,)),
    (re.compile(r"RABBIT|AMQP", re.IGNORECASE), (5672,)),
    (re.compile(r"MEMCACHE", re.IGNORECASE), (11211,)),
    (re.compile(r"ELASTIC", re.IGNORECASE), (9200,)),
    (re.compile(r"(?:\A|_)(?:DB|DATABASE)(?:_|\Z)", re.IGNORECASE), (5432, 3306, 27017, 1433)),
)


@dataclass(frozen=True, slots=True, eq=False)
class HostUse:
    """A host in a variable of a service.

    ``port`` is where a port is written, ``number`` the port also where it goes without saying.
    """

    service: ComposeService
    key: Scalar
    host: Scalar
    scheme: str
    port: Scalar | None
    number: int | None


def host_uses(service: ComposeService) -> Iterator[HostUse]:
    """Yield the hosts that the variables of a service name."""
    for key, value in service.environment:
        if value is None or literal(value) is None or "$" in value.text:
            continue
        text = value.text
        found = _URL.match(text)
        scheme = ""
        if found is not None:
            scheme = found["scheme"].lower()
        elif _HOST_KEY.match(key.text):
            found = _PLAIN.match(text)
        if (
            found is None
            or found["host"].lower() in _NO_HOST
            or (found["host"].replace(".", "").isdecimal() and found["host"] not in _SELF)
        ):
            continue
        port = part(value, *found.span("port")) if found["port"] else None
        number = int(found["port"]) if found["port"] else _SCHEME_PORTS.get(scheme)
        yield HostUse(service, key, part(value, *found.span("host")), scheme, port, number)


@dataclass(frozen=True, slots=True, eq=False)
class Sibling:
    """A host in a variable together with the service that it is, or that was meant."""

    use: HostUse
    service: ComposeService


class ProjectHosts:
    """The services of one project by the names that reach them, and on what they listen."""

    def __init__(self, graph: Graph, project: ComposeProject) -> None:
        self.graph = graph
        self.project = project
        self.by_name: dict[str, ComposeService] = {}
        self._listening: dict[int, frozenset[int]] = {}
        self.containers: dict[int, Container] = graph.once(
            "containers of services", lambda: {id(each.resource): each for each in graph.subjects(Container)}
        )
        for service in project.services.values():
            for name in host_names(service):
                self.by_name.setdefault(name.lower(), service)

    @cached_property
    def names(self) -> NameIndex:
        """All names, prepared for near misses."""
        return NameIndex(self.by_name)

    @cached_property
    def by_port(self) -> dict[int, list[ComposeService]]:
        """The services by the ports on which they probably listen, in the order of the project."""
        found: dict[int, list[ComposeService]] = {}
        for service in self.project.services.values():
            for port in self.listening(service):
                found.setdefault(port, []).append(service)
        return found

    def listening(self, service: ComposeService) -> frozenset[int]:
        """Return the ports on which a service probably listens; empty where nobody says."""
        if id(service) not in self._listening:
            self._listening[id(service)] = frozenset(self._ports(service))
        return self._listening[id(service)]

    def _ports(self, service: ComposeService) -> set[int]:
        found = {number for _, number in container_ports(service)}
        for item in service.root.items_at("expose"):
            if isinstance(item, Scalar) and item.text.isdecimal():
                found.add(int(item.text[:6]))
        container = self.containers.get(id(service))
        if container is None:
            return found
        if container.build is not None:
            known = contents(self.graph, container.build)
            return found | ({port for port, _ in known.exposed} if known is not None else set())
        return found | (set() if container.image is None else pack.listening_ports(container.image.text))

    def reached(self) -> Iterator[Sibling]:
        """Yield the hosts that are services of the project."""
        for service in self.project.services.values():
            for use in host_uses(service):
                target = self.by_name.get(use.host.text.lower())
                if target is not None and target is not service:
                    yield Sibling(use, target)

    def port_uses(self) -> Iterator[PortUse]:
        """Yield the ports of services that variables lead to."""
        for sibling in self.reached():
            container = self.containers.get(id(sibling.service))
            port = sibling.use.port
            if container is not None and port is not None:
                place = f"`{sibling.use.key.text}` of service `{sibling.use.service.name}`"
                yield PortUse(port, int(port.text), place, container)

    def meant_by_localhost(self) -> Iterator[Sibling]:
        """Yield the variables that name the container itself where a sibling has what they ask for."""
        for service in self.project.services.values():
            if service.root.get("network_mode") is not None:
                continue
            own = self.listening(service)
            for use in host_uses(service):
                if use.host.text.lower() not in _SELF or use.scheme in _BROWSED:
                    continue
                wanted = (use.number,) if use.number is not None else _ports_of_key(use.key.text)
                if own.intersection(wanted):
                    continue
                # It does not listen there itself, so all of these are others.
                found = next((each[0] for port in wanted if (each := self.by_port.get(port))), None)
                if found is not None:
                    yield Sibling(use, found)


def project_hosts(graph: Graph, project: ComposeProject) -> ProjectHosts:
    """Return the hosts of a project, which are worked out once."""
    return graph.once(("hosts of a project", id(project)), lambda: ProjectHosts(graph, project))


def _ports_of_key(key: str) -> tuple[int, ...]:
    return next((ports for pattern, ports in _KEY_PORTS if pattern.search(key)), ())


def share_a_network(one: ComposeService, other: ComposeService) -> bool:
    """Tell whether two services can reach each other; true as well where that is not known."""
    if one.root.get("network_mode") is not None or other.root.get("network_mode") is not None:
        return True
    declared = one.project.model.sections["networks"]
    for node in (*one.networks, *other.networks):
        name = literal(node)
        if name is None or (name != "default" and name not in declared):
            return True
    return bool(_networks(one) & _networks(other))


def _networks(service: ComposeService) -> set[str]:
    """Return the networks of a service by the names that Docker knows; two keys may mean one external network."""
    declared = service.project.model.sections["networks"]
    found = set()
    for node in service.networks:
        entry = declared.get(node.text)
        name = None if entry is None else entry[1].text_at("name")
        found.add(name or node.text)
    return found or {"default"}
