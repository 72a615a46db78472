"""What the mesh knows under a host: Services and ServiceEntries; and what was probably meant where it knows nothing."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import NamedTuple

from kubelint.graph.model import Entity, Key, Unit
from kubelint.graph.query import Graph, fits
from kubelint.suggest import is_near, nearest
from kubelint.systems.istio.folders import upwards
from kubelint.systems.istio.hosts import Host, covers, partial_service, resolve_host
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import SYSTEM, IstioObject
from kubelint.systems.kubernetes.model import KubernetesObject, Service


class Slip(Enum):
    """What is wrong with a host that the mesh does not know."""

    NAME = "another name is near"
    NAMESPACE = "the Service is in another namespace"
    PARTIAL = "it is neither a short nor a full name"
    DOMAIN = "the cluster domain is misspelt"


class HostMiss(NamedTuple):
    """Why a host leads nowhere: ``candidates`` are what may be meant, ``writings`` how each would be written here."""

    slip: Slip
    candidates: tuple[Entity, ...]
    writings: tuple[str, ...]


class Registry:
    """The hosts of a repository."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.mesh = mesh(graph)
        self._entries: dict[str, list[tuple[Host, Entity]]] = defaultdict(list)
        self._wildcards: list[tuple[str, Entity]] = []
        for entity in graph.of_kind(SYSTEM, "host"):
            host = resolve_host(entity.name, entity.owner.namespace if entity.owner else "", self.mesh)
            if host.wildcard:
                self._wildcards.append((host.name, entity))
            else:
                self._entries[host.name].append((host, entity))
        self._services: dict[str, list[Service]] = defaultdict(list)
        self._named: dict[tuple[str, str], list[Service]] = defaultdict(list)
        for service in graph.subjects(Service):
            for directory in upwards(service.unit.path):
                self._services[directory].append(service)
                self._named[directory, service.name].append(service)

    def find(self, host: Host, unit: Unit) -> list[Entity]:
        """Return what a host means: those of the unit where it has any, else those of the nearest folder upwards.

        A repository may hold many copies of an application that have nothing to do with each other.
        """
        found = [] if host.namespace is None else self._nearest(host, unit)
        entries = [entity for own, entity in self._entries.get(host.name, ()) if own.same(host)]
        entries += [entity for pattern, entity in self._wildcards if covers(pattern, host, self.mesh)]
        own = [entity for entity in entries if entity.unit is unit]
        return found + (own or entries)

    def _nearest(self, host: Host, unit: Unit) -> list[Entity]:
        wanted = Key("kubernetes", "Service", host.namespace or "", host.name)
        for directory in upwards(unit.path):
            named = self._named.get((directory, host.name), ())
            found = [service for service in named if fits(service.namespace, wanted.namespace)]
            if found:
                own: list[Entity] = [service for service in found if service.unit is unit]
                return own or [*found]
        return []

    def well_known(self, host: Host) -> bool:
        """Tell whether a host exists in every cluster, or is declared as external in the configuration."""
        if host.namespace is None:
            return self.graph.is_external(Key(SYSTEM, "host", "", host.name))
        if host.name == "kubernetes" and fits(host.namespace, "default"):
            return True
        return any(
            self.graph.is_external(Key(system, kind, host.namespace, host.name))
            for system, kind in (("kubernetes", "Service"), (SYSTEM, "host"))
        )

    def miss(self, host: Host, text: str, source: IstioObject) -> HostMiss | None:
        """Return what was probably meant by a host that nothing is found for; None where it may live elsewhere."""
        if host.wildcard:
            return None
        if host.namespace is not None:
            return self._other_namespace(host, text, source) or self._near_name(host, text, source)
        return self._partial(text, source) or self._near_domain(text, source) or self._near_entry(text, source)

    def _near_name(self, host: Host, text: str, source: IstioObject) -> HostMiss | None:
        services = {
            service.name: service
            for service in self._in_reach(source.unit)
            if fits(service.namespace, host.namespace or "")
        }
        names = nearest(host.name, services)
        if not names:
            return None
        tail = text.removeprefix(host.name)
        return HostMiss(Slip.NAME, tuple(services[name] for name in names), tuple(name + tail for name in names))

    def _other_namespace(self, host: Host, text: str, source: IstioObject) -> HostMiss | None:
        found = [
            entity
            for entity in self.graph.find(Key("kubernetes", "Service", "", host.name), source.unit)
            if entity.unit is source.unit and not fits(entity.namespace, host.namespace or "")
        ]
        if "." in text:
            # The author has named the namespace: only a slip in it is certain to be one.
            found = [entity for entity in found if is_near(entity.namespace, host.namespace or "")]
        if not found:
            return None
        writings = dict.fromkeys(self._full(host.name, entity.namespace) for entity in found)
        return HostMiss(Slip.NAMESPACE, tuple(found), tuple(writings))

    def _partial(self, text: str, source: IstioObject) -> HostMiss | None:
        named = partial_service(text, self.mesh)
        if named is None:
            return None
        name, namespace = named
        services = self.graph.find(Key("kubernetes", "Service", namespace, name), source.unit)
        # `name.namespace` could be a host of the outside world, `name.namespace.svc` could not.
        inside = text.count(".") > 1
        if not inside:
            services = [s for s in services if s.namespace == namespace or namespace in self._namespaces()]
        if not services and not inside:
            return None
        return HostMiss(Slip.PARTIAL, tuple(services), (self._full(name, namespace),))

    def _near_domain(self, text: str, source: IstioObject) -> HostMiss | None:
        labels = text.split(".")
        if len(labels) < 4 or not is_near(".".join(labels[3:]), self.mesh.cluster_domain):
            return None
        if labels[2] != "svc":
            return None
        services = self.graph.find(Key("kubernetes", "Service", labels[1], labels[0]), source.unit)
        return HostMiss(Slip.DOMAIN, tuple(services), (self._full(labels[0], labels[1]),))

    def _near_entry(self, text: str, source: IstioObject) -> HostMiss | None:
        entities = {entity.name: entity for entity in self.graph.near(Key(SYSTEM, "host", "", text), source.unit)}
        if not entities:
            return None
        return HostMiss(Slip.NAME, tuple(entities.values()), tuple(entities))

    def _in_reach(self, unit: Unit) -> list[Service]:
        """Return the Services that names in a unit probably mean: of the nearest folder upwards that holds any."""
        for directory in upwards(unit.path):
            services = self._services.get(directory)
            if services:
                return services
        return []

    def _full(self, name: str, namespace: str) -> str:
        return f"{name}.{namespace}.svc.{self.mesh.cluster_domain}"

    def _namespaces(self) -> frozenset[str]:
        """Return the namespaces that the repository mentions."""

        def collect() -> frozenset[str]:
            declared = {entity.name for entity in self.graph.of_kind("kubernetes", "Namespace")}
            used = {item.namespace for item in self.graph.subjects(KubernetesObject)}
            return frozenset((declared | used | {"default"}) - {""})

        return self.graph.once("istio namespaces", collect)


def registry(graph: Graph) -> Registry:
    """Return the hosts of a repository."""
    return graph.once("istio registry", lambda: Registry(graph))
