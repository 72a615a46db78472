"""The Gateway API: gateways with their listeners, routes, and grants for references across namespaces.

Source: Gateway API documentation, "API specification" (Listener, AllowedRoutes, ParentReference, BackendRef,
ReferenceGrant) and "Cross-Namespace routing".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kubelint.systems.kubernetes.model import CustomResource, KubernetesObject
from kubelint.systems.kubernetes.selectors import Selector, label_selector
from kubelint.tree.node import Mapping, Node, Scalar

GROUP = "gateway.networking.k8s.io"
GATEWAY_KIND = f"Gateway.{GROUP}"
GATEWAY_CLASS_KIND = f"GatewayClass.{GROUP}"
LISTENER_SET_KIND = f"ListenerSet.{GROUP}"
LISTENER = "listener"
#: The kinds of routes that a listener takes where it does not say: by its protocol.
ROUTE_KINDS = {
    "HTTP": frozenset({"HTTPRoute", "GRPCRoute"}),
    "HTTPS": frozenset({"HTTPRoute", "GRPCRoute"}),
    "TLS": frozenset({"TLSRoute", "TCPRoute"}),
    "TCP": frozenset({"TCPRoute"}),
    "UDP": frozenset({"UDPRoute"}),
}


@dataclass(eq=False)
class Listener:
    """One listener of a gateway."""

    owner: Listeners
    node: Mapping

    @property
    def name(self) -> Scalar | None:
        """Its name."""
        return self.node.scalar("name")

    @property
    def hostname(self) -> Scalar | None:
        """The host that it serves; None: any."""
        return self.node.scalar("hostname")

    @property
    def port(self) -> Scalar | None:
        """Its port."""
        return self.node.scalar("port")

    @property
    def protocol(self) -> str:
        """Its protocol."""
        return self.node.text_at("protocol") or ""

    @property
    def opaque(self) -> bool:
        """Whether a part of it that decides about routes is only known later."""
        return any(isinstance(part, Scalar) and part.opaque for part in self.node.walk())

    @property
    def namespaces_from(self) -> str:
        """From which namespaces it takes routes: ``Same`` unless set, ``All`` or ``Selector``."""
        return self.node.text_at("allowedRoutes", "namespaces", "from") or "Same"

    @property
    def namespace_selector(self) -> Selector | None:
        """The selector over namespaces; None where there is none."""
        node = self.node.mapping("allowedRoutes", "namespaces", "selector")
        return None if node is None else label_selector(node)

    def takes_kind(self, kind: str) -> bool:
        """Tell whether it takes routes of a kind; a protocol that is not the API's own takes any."""
        kinds = self.node.items_at("allowedRoutes", "kinds")
        if kinds:
            return any(entry.text_at("kind") == kind for entry in kinds)
        known = ROUTE_KINDS.get(self.protocol)
        return known is None or kind in known

    def __str__(self) -> str:
        return "without name" if self.name is None else self.name.text


class Listeners(CustomResource):
    """What has listeners: a Gateway, or a ListenerSet that adds some to a Gateway."""

    @cached_property
    def listeners(self) -> list[Listener]:
        """The listeners."""
        return [Listener(self, node) for node in self.root.items_at("spec", "listeners") if isinstance(node, Mapping)]


class Gateway(Listeners):
    """A Gateway."""


class ListenerSet(Listeners):
    """A ListenerSet."""


class Route(CustomResource):
    """A route of any protocol."""

    #: Whether it has host names.
    has_hostnames = False

    @property
    def parents(self) -> list[Node]:
        """The entries of ``spec.parentRefs``."""
        return [node for node in self.root.items_at("spec", "parentRefs") if isinstance(node, Mapping)]

    @property
    def hostnames(self) -> list[Scalar]:
        """The host names that it is for; empty: any."""
        return [node for node in self.root.items_at("spec", "hostnames") if isinstance(node, Scalar)]

    def backends(self) -> Iterator[Node]:
        """Yield each backend: of the rules, and of the filters that mirror requests."""
        for rule in self.root.items_at("spec", "rules"):
            for backend in rule.items_at("backendRefs"):
                yield backend
                yield from _mirrors(backend)
            yield from _mirrors(rule)


def _mirrors(holder: Node) -> Iterator[Node]:
    for filter_ in holder.items_at("filters"):
        backend = filter_.at("requestMirror", "backendRef")
        if backend is not None:
            yield backend


class HTTPRoute(Route):
    """An HTTPRoute."""

    has_hostnames = True


class GRPCRoute(Route):
    """A GRPCRoute."""

    has_hostnames = True


class TLSRoute(Route):
    """A TLSRoute: the host names are those of SNI."""

    has_hostnames = True


class TCPRoute(Route):
    """A TCPRoute."""


class UDPRoute(Route):
    """A UDPRoute."""


class ReferenceGrant(CustomResource):
    """A ReferenceGrant: what other namespaces may refer to in its own."""

    def allows(self, source: KubernetesObject, group: str, kind: str, name: str) -> bool:
        """Tell whether it lets an object refer to one of its own namespace; a placeholder fits anything."""
        return any(
            _fits(entry, "group", source.group)
            and _fits(entry, "kind", source.kind)
            and _fits(entry, "namespace", source.namespace)
            for entry in self.root.items_at("spec", "from")
        ) and any(
            _fits(entry, "group", group)
            and _fits(entry, "kind", kind)
            and (entry.scalar("name") is None or _fits(entry, "name", name))
            for entry in self.root.items_at("spec", "to")
        )


def _fits(entry: Node, field: str, wanted: str) -> bool:
    node = entry.scalar(field)
    return wanted == "" if node is None else node.opaque or node.text == wanted


class BackendTLSPolicy(CustomResource):
    """A BackendTLSPolicy: how gateways talk TLS to a Service."""


def hosts_meet(one: str, other: str) -> bool:
    """Tell whether some host fits both names; ``*.`` at the front stands for one or more labels.

    Source: API specification, Hostname and HTTPRouteSpec: ``*.example.com`` fits ``a.example.com`` and
    ``a.b.example.com``, not ``example.com``.
    """
    one, other = one.lower(), other.lower()
    if one == other:
        return True
    if one.startswith("*.") and other.startswith("*."):
        return one.endswith(other[1:]) or other.endswith(one[1:])
    if one.startswith("*."):
        return other.endswith(one[1:])
    return other.startswith("*.") and one.endswith(other[1:])


VIEWS: dict[tuple[str, str], type[KubernetesObject]] = {
    (GROUP, view.__name__): view
    for view in (
        Gateway, ListenerSet, HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute, ReferenceGrant, BackendTLSPolicy,
    )
}  # fmt: skip
