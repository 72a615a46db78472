"""Whether the hosts that requests are passed to exist where the server runs.

nginx looks each host up when it starts and stops with "host not found in upstream" where there is none. A name without
dots is an ``upstream`` of the configuration, a service of the compose project or a Service of the cluster.
Source: "proxy_pass" of ngx_http_proxy_module, "upstream" of ngx_http_upstream_module; Compose Specification,
"networks".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kubelint.graph.containers import Container, PortUse
from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.suggest import NameIndex, nearest
from kubelint.systems.nginx.model import NginxConfiguration, Passed, UnknownHost
from kubelint.tree.node import Node, Scalar

_LOCAL = frozenset({"localhost", "host.docker.internal", "gateway.docker.internal", "kubernetes"})


class Hosts:
    """Knows the containers of each unit by the names that others reach them with."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.by_unit: dict[int, dict[str, Container]] = {}
        for container in graph.subjects(Container):
            names = self.by_unit.setdefault(id(container.unit), {})
            for name in container.names:
                names.setdefault(name.lower(), container)
        self.services: dict[str, Entity] = {
            entity.name: entity
            for entity in graph.entities
            if entity.key.system == "kubernetes" and entity.key.kind == "Service"
        }

        self.service_names = NameIndex(self.services)
        self._indices: dict[int, NameIndex] = {}
        self._shared: dict[int, dict[str, Scalar]] = {}

    def unknown(self, configuration: NginxConfiguration) -> Iterator[UnknownHost]:
        """Yield the hosts of one file that do not exist where it is used."""
        upstreams = self._upstreams(configuration)
        for passed in configuration.passed:
            host = passed.host.text
            if not _is_name(host) or host in upstreams:
                continue
            found = self._unknown(configuration, passed, host.lower(), upstreams)
            if found is not None:
                yield found

    def port_uses(self, configuration: NginxConfiguration) -> Iterator[PortUse]:
        """Yield the ports of containers that the file sends requests to."""
        upstreams = self._upstreams(configuration)
        for passed in configuration.passed:
            host, port = passed.host.text.lower(), passed.port
            owners = {id(own.unit): own for own in configuration.containers}
            targets = {id(each): each for own in owners.values() if (each := self._of(own).get(host)) is not None}
            if port is None or host in upstreams or len(targets) != 1:
                continue
            place = f"`{passed.directive.name.text}` of `{configuration.name}`"
            yield PortUse(port, int(port.text), place, next(iter(targets.values())))

    def _of(self, container: Container) -> dict[str, Container]:
        return self.by_unit.get(id(container.unit), {})

    def _upstreams(self, configuration: NginxConfiguration) -> dict[str, Scalar]:
        """Return the upstreams of the file and of those that run with it."""
        known = self._shared.get(id(configuration))
        if known is None:
            known = self._shared[id(configuration)] = dict(configuration.upstreams)
            own = set(map(id, configuration.containers))
            for other in self.graph.subjects(NginxConfiguration):
                beside = other.source.directory == configuration.source.directory
                if other.upstreams and (beside or not own.isdisjoint(map(id, other.containers))):
                    known.update(other.upstreams)
        return known

    def _unknown(
        self, configuration: NginxConfiguration, passed: Passed, host: str, upstreams: dict[str, Scalar]
    ) -> UnknownHost | None:
        if host in self.services:
            return None
        # What a pipeline or a pod starts has no names here: what it may reach is not known.
        owners = list({id(each.unit): each for each in configuration.containers if each.names}.values())
        if any(host in self._of(owner) for owner in owners):
            return None
        missing = owners[0] if owners else None
        # The servers of an upstream are hosts: no upstream is meant there.
        near = [] if passed.directive.name.text == "server" else _near(host, upstreams, upstreams)
        for owner in owners:
            names = self._of(owner)
            near += [(name, names[name].resource.node) for name in self._index(owner).nearest(host)]
        if missing is None:
            near += [(name, self.services[name].node) for name in self.service_names.nearest(host)]
        if near or (missing is not None and not missing.open):
            places: dict[str, Node] = {}
            for name, place in near:
                places.setdefault(name, place)
            return UnknownHost(passed, tuple(places.items())[:3], missing)
        return None

    def _index(self, container: Container) -> NameIndex:
        unit = id(container.unit)
        if unit not in self._indices:
            self._indices[unit] = NameIndex(self._of(container))
        return self._indices[unit]


def _near(host: str, names: Iterable[str], places: Mapping[str, Node]) -> list[tuple[str, Node]]:
    return [(name, places[name]) for name in nearest(host, names)]


def _is_name(host: str) -> bool:
    """Tell whether a host is a single name, which only the place where the server runs can know."""
    return (
        "." not in host and ":" not in host and not host.isdecimal() and host.lower() not in _LOCAL and "$" not in host
    )
