"""VirtualServices that hand the requests of a route to another one, their delegate.

A delegate has no hosts, is found by name and namespace (that of the root by default), must be exported to the root's
namespace, and can only narrow what the root matches: a route that cannot is dropped.

Source: Istio reference, "VirtualService", ``Delegate``; Istio, ``pilot/pkg/model/virtualservice.go``
(``mergeHTTPRoute``).
"""

from __future__ import annotations

from kubelint.graph.model import Key, Reference
from kubelint.graph.query import Graph
from kubelint.systems.istio.hosts import exported_to
from kubelint.systems.istio.model import SYSTEM, HttpRoute, VirtualService
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.tree.node import Node

DELEGATES = "delegates-to"


def link(graph: Graph, service: VirtualService) -> None:
    """Resolve the delegates of a VirtualService."""
    for route in service.http:
        name = route.node.scalar("delegate", "name")
        if name is not None:
            namespace = route.node.text_at("delegate", "namespace") or service.namespace
            graph.refer(
                DELEGATES,
                service,
                name,
                Key(SYSTEM, "VirtualService", namespace, name.text),
                accept=lambda entity: isinstance(entity, VirtualService) and entity is not service,
                detail=route,
            )


def unusable(graph: Graph, service: VirtualService) -> Remarks:
    """Yield the delegates that cannot be one: they have hosts, are not exported, or match something else."""
    for reference in graph.outgoing(service, DELEGATES):
        targets = [target for target in reference.targets if isinstance(target, VirtualService)]
        if len(targets) != 1 or not isinstance(reference.detail, HttpRoute):
            continue
        target = targets[0]
        if target.hosts:
            yield Remark(
                reference.node,
                f"VirtualService `{target.name}` has hosts, so nothing can be delegated to it",
                "the requests of this route get 404",
                "remove `hosts` from the delegate",
                ((target.hosts[0], "it routes for a host of its own"),),
                path=(service, target),
            )
        elif not exported_to(target, service.namespace):
            yield Remark(
                reference.node,
                f"VirtualService `{target.name}` is not exported to namespace `{service.namespace}`",
                "the requests of this route get 404",
                f"add `{service.namespace}` to `exportTo` of the delegate",
                ((target.root.items_at("spec", "exportTo")[0], "it is exported to this only"),),
                path=(service, target),
            )
        else:
            yield from _dropped(reference, reference.detail, target)


def _dropped(reference: Reference, root: HttpRoute, target: VirtualService) -> Remarks:
    """Yield the routes of a delegate that contradict every match of the root."""
    if not root.matches:
        return
    for route in target.http:
        if route.matches and all(_contradict(one, other) for one in root.matches for other in route.matches):
            match = route.matches[0]
            uri = match.mapping("uri")
            place: Node = (uri.scalar("prefix") or uri.scalar("exact") if uri is not None else None) or match
            yield Remark(
                place,
                "this route of a delegate is dropped",
                "no request that is delegated here has this path",
                "let it begin with what the root matches",
                ((reference.node, "delegated here"), (root.matches[0].at("uri") or root.matches[0], "with this match")),
                path=(reference.source, target),
            )


def _contradict(root: Node, own: Node) -> bool:
    """Tell whether no path meets both matches; only texts and prefixes are compared."""
    one, other = root.mapping("uri"), own.mapping("uri")
    if one is None or other is None:
        return False
    if any(match.text_at("ignoreUriCase") == "true" for match in (root, own)):
        return False
    exact, prefix = one.scalar("exact"), one.scalar("prefix")
    their_exact, their_prefix = other.scalar("exact"), other.scalar("prefix")
    if any(node is not None and node.opaque for node in (exact, prefix, their_exact, their_prefix)):
        return False
    if exact is not None:
        return (their_exact is not None and their_exact.text != exact.text) or their_prefix is not None
    theirs = their_exact or their_prefix
    return prefix is not None and theirs is not None and not theirs.text.startswith(prefix.text)
