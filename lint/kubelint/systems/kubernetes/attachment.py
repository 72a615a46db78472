"""Which listeners take a route, and which references across namespaces are granted.

Source: Gateway API documentation, "API specification" (AllowedRoutes: `Same` is the default; HTTPRouteSpec: hostnames
must intersect those of the listener; ReferenceGrant), "Cross-Namespace routing", "Security model".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.gateway import Listener, Listeners, ReferenceGrant, Route, hosts_meet
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace
from kubelint.tree.node import Node, Scalar

NAME_LABEL = "kubernetes.io/metadata.name"


@dataclass(slots=True)
class Attachment:
    """A route and one of its parents: the listeners that it asks for, and those of them that take it."""

    reference: Reference
    asked: list[Listener] = field(default_factory=list)
    taken: list[Listener] = field(default_factory=list)

    @property
    def gateway(self) -> KubernetesObject:
        """The parent."""
        return self.asked[0].owner


def attachments(graph: Graph, route: Route) -> list[Attachment]:
    """Return the attachments of a route to the parents that are in the repository and all of whose listeners are known.

    A parent whose listeners are not known is left out; so is one that has no listener of the wanted name or port.
    """
    return graph.once(("attachments", id(route)), lambda: list(_attachments(graph, route)))


def _attachments(graph: Graph, route: Route) -> Iterator[Attachment]:
    for reference in graph.outgoing(route, "attaches-to"):
        parents = [target for target in reference.targets if isinstance(target, Listeners)]
        parent = reference.detail
        if len(parents) != 1 or not isinstance(parent, Node) or parents[0].unit.incomplete:
            continue
        asked = [listener for listener in parents[0].listeners if _asked(parent, listener)]
        if not asked or any(listener.opaque for listener in asked) or _has_sets(graph, parents[0]):
            continue
        taken = [
            listener
            for listener in asked
            if listener.takes_kind(route.kind) and takes_namespace(graph, listener, route)
        ]
        yield Attachment(reference, asked, taken)


def _asked(parent: Node, listener: Listener) -> bool:
    section, port = parent.scalar("sectionName"), parent.scalar("port")
    if section is not None and not section.opaque and section.text != str(listener):
        return False
    return port is None or port.opaque or listener.port is None or port.text == listener.port.text


def _has_sets(graph: Graph, gateway: Listeners) -> bool:
    """Tell whether ListenerSets add listeners to a gateway."""

    def look() -> bool:
        return any(isinstance(reference.source, Listeners) for reference in graph.incoming(gateway, "attaches-to"))

    return graph.once(("has listener sets", id(gateway)), look)


def takes_namespace(graph: Graph, listener: Listener, route: Route) -> bool:
    """Tell whether a listener takes routes of a route's namespace; True where that is not known."""
    source = listener.namespaces_from
    if source == "Same":
        return not route.namespace or not listener.owner.namespace or route.namespace == listener.owner.namespace
    if source != "Selector":
        return True
    selector = listener.namespace_selector
    if selector is None or selector.opaque or not route.namespace:
        return True
    found = graph.find(Key("kubernetes", "Namespace", "", route.namespace))
    namespaces = [item for item in found if isinstance(item, Namespace)]
    for item in namespaces:
        if any(value.opaque for value in item.labels.values()):
            return True
    labels = [dict(item.labels) for item in namespaces] or [{}]
    for requirement in selector.requirements:
        if requirement.key == NAME_LABEL:
            named = any(value.text == route.namespace for value in requirement.values)
            if requirement.operator == "In" and not named:
                return False
        elif not namespaces:
            return True  # labels of a namespace that no file defines
        elif not any(requirement.accepts(each) for each in labels):
            return False
    return True


def unserved_hosts(graph: Graph, route: Route) -> list[Scalar]:
    """Return the host names of a route that no listener serves that takes it; none where not all parents are known."""
    found = attachments(graph, route)
    if len(found) < len(route.parents) or not found or not all(attachment.taken for attachment in found):
        return []
    served = [listener.hostname for attachment in found for listener in attachment.taken]
    return [
        host
        for host in route.hostnames
        if not host.opaque and not any(name is None or hosts_meet(host.text, name.text) for name in served)
    ]


# -- grants ----------------------------------------------------------------------------------------------------------


class MissingGrant(NamedTuple):
    """A reference into another namespace that nothing there allows; ``grants`` are the grants of that namespace."""

    reference: Reference
    target: KubernetesObject
    grants: tuple[ReferenceGrant, ...]


def missing_grants(graph: Graph, source: KubernetesObject) -> Iterator[MissingGrant]:
    """Yield the references of a gateway or a route into other namespaces of the repository that no grant allows."""
    for verb in ("routes-to", "shows-certificate"):
        for reference in graph.outgoing(source, verb):
            if reference.resolution is not Resolution.RESOLVED or not isinstance(reference.target, KubernetesObject):
                continue
            target = reference.target
            if not source.namespace or not target.namespace or target.namespace == source.namespace:
                continue
            by_namespace = _grants(graph)
            grants = (*by_namespace.get(target.namespace, ()), *by_namespace.get("", ()))
            if not any(grant.allows(source, target.group, target.kind, target.name) for grant in grants):
                yield MissingGrant(reference, target, grants)


def _grants(graph: Graph) -> dict[str, list[ReferenceGrant]]:
    """Return the grants by the namespace that they are in; the empty one is written down nowhere."""

    def collect() -> dict[str, list[ReferenceGrant]]:
        found: dict[str, list[ReferenceGrant]] = {}
        for grant in graph.subjects(ReferenceGrant):
            found.setdefault(grant.namespace, []).append(grant)
        return found

    return graph.once("grants", collect)
