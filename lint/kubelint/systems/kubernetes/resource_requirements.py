"""What a container requests and may use at most, once everything that fills it in has had its turn.

Source: Kubernetes documentation, "Resource Management for Pods and Containers" and "Limit Ranges": a limit without a
request is copied into the request; a LimitRange fills in what a container leaves out. Kubernetes documentation, "Assign
Pod-level CPU and memory resources". Vertical Pod Autoscaler documentation: it sets requests unless `updateMode` is Off.
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.autoscaling import VerticalPodAutoscaler
from kubelint.systems.kubernetes.model import KubernetesObject, LimitRange
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Node, Scalar


def requests(graph: Graph, container: Container, resource: str) -> bool:
    """Tell whether a container gets a request for a resource, from wherever."""
    return (
        has(container.node, "resources", "requests", resource)
        or has(container.node, "resources", "limits", resource)
        or has(container.template.spec, "resources", "requests", resource)
        or has(container.template.spec, "resources", "limits", resource)
        or _from_limit_range(graph, container.owner, resource, ("default", "defaultRequest"))
        or _sized_by_autoscaler(graph, container, resource)
    )


def limits(graph: Graph, container: Container, resource: str) -> bool:
    """Tell whether something limits what a container uses of a resource."""
    return (
        has(container.node, "resources", "limits", resource)
        or has(container.template.spec, "resources", "limits", resource)
        or _from_limit_range(graph, container.owner, resource, ("default",))
    )


def has(node: Node, *path: str) -> bool:
    """Tell whether there is a value at a path, or a placeholder on the way that may bring it."""
    here: Node | None = node
    for step in path:
        if isinstance(here, Scalar) and here.opaque:
            return True
        here = None if here is None else here.get(step)
    return here is not None and not (isinstance(here, Scalar) and here.is_null)


def _from_limit_range(graph: Graph, owner: KubernetesObject, resource: str, fields: tuple[str, ...]) -> bool:
    def namespaces() -> frozenset[str]:
        return frozenset(
            limit_range.namespace
            for limit_range in graph.subjects(LimitRange)
            for limit in limit_range.root.items_at("spec", "limits")
            if limit.text_at("type") == "Container" and any(has(limit, name, resource) for name in fields)
        )

    return _reaches(graph.once(("filled in", resource, fields), namespaces), owner)


def _sized_by_autoscaler(graph: Graph, container: Container, resource: str) -> bool:
    return any(
        isinstance(scaler := reference.source, VerticalPodAutoscaler)
        and scaler.acts
        and scaler.controls(resource, container.label)
        for reference in graph.incoming(container.owner, "sizes")
    )


def _reaches(namespaces: frozenset[str], owner: KubernetesObject) -> bool:
    """Tell whether one of the namespaces can be that of an object; the empty one is written down nowhere."""
    return bool(namespaces) and (not owner.namespace or owner.namespace in namespaces or "" in namespaces)
