"""Typed views over Istio's objects, and light views of their parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kubelint.graph.model import Document, Entity, Key, Resource, Unit
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.selectors import Selector, equality_selector, label_map
from kubelint.tree.node import Mapping, Node, Scalar

SYSTEM = "istio"
MESH = "mesh"


class IstioObject(KubernetesObject):
    """Any object of Istio's API groups."""

    system = SYSTEM

    @cached_property
    def export_to(self) -> tuple[str, ...]:
        """The namespaces that see the object as written in ``exportTo``; empty where it says nothing: all do."""
        return tuple(node.text for node in self.root.items_at("spec", "exportTo") if isinstance(node, Scalar))


@dataclass(eq=False)
class Destination:
    """A place in a route that names a host.

    ``section`` is ``route`` or ``mirror``; ``unused`` says that no request goes there: of several destinations those
    without weight get none. Source: Istio reference, "VirtualService", ``HTTPRouteDestination.weight``.
    """

    node: Mapping
    section: str
    unused: bool = False

    @property
    def host(self) -> Scalar | None:
        """The node of ``host``."""
        return self.node.scalar("host")

    @property
    def subset(self) -> Scalar | None:
        """The node of ``subset``."""
        return self.node.scalar("subset")


@dataclass(eq=False)
class HttpRoute:
    """One entry of a VirtualService's ``http``."""

    service: VirtualService
    node: Mapping

    @cached_property
    def matches(self) -> list[Node]:
        """The entries of ``match``; without any the route takes every request."""
        return [node for node in self.node.items_at("match") if isinstance(node, Mapping)]

    @cached_property
    def destinations(self) -> list[Destination]:
        """Where requests go, mirrors left out."""
        return list(_destinations(self.node, "route"))

    @property
    def mirrors(self) -> Iterator[Destination]:
        """Yield where copies of requests go."""
        for place in (
            self.node.mapping("mirror"),
            *(item.mapping("destination") for item in self.node.items_at("mirrors")),
        ):
            if place is not None:
                yield Destination(place, "mirror")

    @property
    def timeout(self) -> Scalar | None:
        """The node of ``timeout``."""
        return self.node.scalar("timeout")

    @property
    def retries(self) -> Mapping | None:
        """The mapping ``retries``."""
        return self.node.mapping("retries")

    @property
    def delay(self) -> Mapping | None:
        """The mapping ``fault.delay``."""
        return self.node.mapping("fault", "delay")

    @property
    def delegated(self) -> bool:
        """Whether another VirtualService says what happens."""
        return self.node.mapping("delegate") is not None

    def bound(self, *, to_mesh: bool) -> bool:
        """Tell whether sidecars (``to_mesh``) or gateways use the route.

        A match with ``gateways`` overrides the list of the VirtualService. Source: Istio reference, "VirtualService",
        ``HTTPMatchRequest.gateways``.
        """
        own = [gateway.text for gateway in self.service.gateways]
        lists = [
            [node.text for node in match.items_at("gateways") if isinstance(node, Scalar)] for match in self.matches
        ]
        return any((gateway == MESH) is to_mesh for gateways in lists or [[]] for gateway in gateways or own or [MESH])


class VirtualService(IstioObject):
    """A VirtualService."""

    @cached_property
    def hosts(self) -> list[Scalar]:
        """The nodes of ``hosts``; a delegate has none."""
        return [node for node in self.root.items_at("spec", "hosts") if isinstance(node, Scalar)]

    @cached_property
    def gateways(self) -> list[Scalar]:
        """The nodes of ``gateways`` as written; empty means ``mesh``."""
        return [node for node in self.root.items_at("spec", "gateways") if isinstance(node, Scalar)]

    @property
    def in_mesh(self) -> bool:
        """Whether sidecars use it at all."""
        return not self.gateways or any(gateway.text == MESH for gateway in self.gateways)

    @cached_property
    def http(self) -> list[HttpRoute]:
        """The entries of ``http``."""
        return [HttpRoute(self, node) for node in self.root.items_at("spec", "http") if isinstance(node, Mapping)]

    def destinations(self) -> Iterator[Destination]:
        """Yield every place that names a host: routes of all protocols and mirrors."""
        for route in self.http:
            yield from route.destinations
            yield from route.mirrors
        for section in ("tls", "tcp"):
            for node in self.root.items_at("spec", section):
                yield from _destinations(node, "route")

    def gateway_names(self) -> Iterator[Scalar]:
        """Yield every node that names a gateway: of the VirtualService and of its matches."""
        yield from self.gateways
        for section in ("http", "tls", "tcp"):
            for route in self.root.items_at("spec", section):
                for match in route.items_at("match"):
                    for node in match.items_at("gateways"):
                        if isinstance(node, Scalar):
                            yield node


class Subset(Entity):
    """A subset of a DestinationRule; its name is ``host/subset``."""

    def __init__(self, key: Key, node: Scalar, rule: DestinationRule, root: Mapping) -> None:
        super().__init__(key, node, rule.unit, rule)
        self.rule = rule
        self.root = root

    @property
    def short_name(self) -> str:
        """The name as routes use it."""
        return self.key.name.rpartition("/")[2]

    @cached_property
    def labels(self) -> dict[str, Scalar]:
        """The labels that its pods have."""
        return label_map(self.root.at("labels"))

    @property
    def selector(self) -> Selector | None:
        """The labels as a selector; None where there are none, so that it is the whole host."""
        node = self.root.mapping("labels")
        return None if node is None or not len(node) else equality_selector(node)


class DestinationRule(IstioObject):
    """A DestinationRule."""

    def __init__(self, key: Key, node: Node, unit: Unit, root: Mapping, document: Document) -> None:
        super().__init__(key, node, unit, root, document)
        #: Its subsets by name, filled in when they are added to the graph.
        self.subsets: dict[str, Subset] = {}

    @property
    def host(self) -> Scalar | None:
        """The node of ``host``."""
        return self.root.scalar("spec", "host")

    def subset_nodes(self) -> Iterator[tuple[Scalar, Mapping]]:
        """Yield name and mapping of each subset that has a name."""
        for node in self.root.items_at("spec", "subsets"):
            name = node.scalar("name")
            if name is not None and isinstance(node, Mapping):
                yield name, node


class Gateway(IstioObject):
    """Istio's own Gateway, not the one of the Gateway API."""

    @property
    def servers(self) -> list[Mapping]:
        """The entries of ``servers``."""
        return [node for node in self.root.items_at("spec", "servers") if isinstance(node, Mapping)]

    def server_hosts(self) -> Iterator[Scalar]:
        """Yield the hosts of all servers as written: ``host`` or ``namespace/host``."""
        for server in self.servers:
            for node in server.items_at("hosts"):
                if isinstance(node, Scalar):
                    yield node


class ServiceEntry(IstioObject):
    """A ServiceEntry: hosts that the mesh knows in addition to its Services."""

    @property
    def hosts(self) -> list[Scalar]:
        """The nodes of ``hosts``."""
        return [node for node in self.root.items_at("spec", "hosts") if isinstance(node, Scalar)]


class Machine(IstioObject):
    """A virtual machine, or the template of some: Services select it like a pod."""

    _labels_path: tuple[str, ...] = ("spec", "labels")

    @cached_property
    def labels_of_endpoints(self) -> dict[str, Scalar]:
        """The labels that selectors see."""
        return label_map(self.root.at(*self._labels_path))


class WorkloadEntry(Machine):
    """A WorkloadEntry."""


class WorkloadGroup(Machine):
    """A WorkloadGroup."""

    _labels_path = ("spec", "metadata", "labels")


class Sidecar(IstioObject):
    """A Sidecar: which hosts the proxies of a namespace know."""


class EnvoyFilter(IstioObject):
    """An EnvoyFilter."""


class ProxyConfig(IstioObject):
    """A ProxyConfig."""


class PeerAuthentication(IstioObject):
    """A PeerAuthentication."""


class RequestAuthentication(IstioObject):
    """A RequestAuthentication."""


class AuthorizationPolicy(IstioObject):
    """An AuthorizationPolicy."""


class Telemetry(IstioObject):
    """A Telemetry."""


class WasmPlugin(IstioObject):
    """A WasmPlugin."""


class TrafficExtension(IstioObject):
    """A TrafficExtension: a Wasm module or a Lua script in the proxies."""


class RemovedObject(IstioObject):
    """An object of a kind that Istio had once and does not read any more."""


def _destinations(route: Node, section: str) -> Iterator[Destination]:
    items = route.items_at(section)
    for item in items:
        node = item.mapping("destination")
        if node is not None:
            yield Destination(node, section, len(items) > 1 and (item.text_at("weight") or "0") == "0")


_KINDS: dict[str, tuple[type[IstioObject], ...]] = {
    "networking.istio.io": (
        VirtualService,
        DestinationRule,
        Gateway,
        ServiceEntry,
        WorkloadEntry,
        WorkloadGroup,
        Sidecar,
        EnvoyFilter,
        ProxyConfig,
    ),
    "security.istio.io": (PeerAuthentication, RequestAuthentication, AuthorizationPolicy),
    "telemetry.istio.io": (Telemetry,),
    "extensions.istio.io": (WasmPlugin, TrafficExtension),
}
#: Source: Istio, ``pkg/config/analysis/analyzers/deprecation``; release notes of 1.4 to 1.6.
_REMOVED: dict[str, tuple[str, ...]] = {
    "rbac.istio.io": ("ClusterRbacConfig", "RbacConfig", "ServiceRole", "ServiceRoleBinding"),
    "authentication.istio.io": ("MeshPolicy", "Policy"),
    "config.istio.io": ("attributemanifest", "handler", "instance", "rule", "HTTPAPISpec", "QuotaSpec"),
}
VIEWS: dict[tuple[str, str], type[Resource]] = {
    **{(group, view.__name__): view for group, views in _KINDS.items() for view in views},
    **{(group, kind): RemovedObject for group, kinds in _REMOVED.items() for kind in kinds},
}
