"""Routes of the Gateway API that Istio carries out.

Source: Istio documentation, "Kubernetes Gateway API" (gateway classes, routes of the mesh).
"""

from __future__ import annotations

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.gateway import GATEWAY_KIND, Route

CLASSES = frozenset({"istio", "istio-remote", "istio-waypoint", "istio-east-west"})


def taken_by_istio(graph: Graph, route: Route) -> bool:
    """Tell whether a route is known to be for Istio: of the mesh, or of a gateway of one of Istio's classes."""
    for parent in route.root.items_at("spec", "parentRefs"):
        name, kind = parent.scalar("name"), parent.text_at("kind") or "Gateway"
        if name is None or name.opaque:
            continue
        if kind == "Service":
            return True
        if kind != "Gateway":
            continue
        namespace = parent.text_at("namespace") or route.namespace
        for gateway in graph.find(Key("kubernetes", GATEWAY_KIND, namespace, name.text), route.unit):
            owner = gateway.owner
            if owner is not None and owner.root.text_at("spec", "gatewayClassName") in CLASSES:
                return True
    return False
