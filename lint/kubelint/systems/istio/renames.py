"""Hosts in a kustomization whose Services are renamed: kustomize renames the objects, not the hosts that name them.

Source: kustomize reference, "namePrefix" and "namespace": references to names are updated in the fields that kustomize
knows, and those of Istio's kinds are not among them.
"""

from __future__ import annotations

from kubelint.graph.query import Graph, fits
from kubelint.systems.istio.links import HostUse
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import IstioObject
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.model import Service
from kubelint.tree.made import MadeScalar, history
from kubelint.tree.node import Node, Scalar

_RENDERED = "kustomization"


def old_names(graph: Graph, item: IstioObject) -> Remarks:
    """Yield the hosts that still name a Service as it was called before the kustomization renamed it."""
    if item.unit.kind != _RENDERED or not _services(graph, item):
        return
    for reference in graph.outgoing(item):
        use, node = reference.detail, reference.node
        if not isinstance(use, HostUse) or not isinstance(node, Scalar) or node.opaque or use.host.namespace is None:
            continue
        name, namespace = use.host.name, use.host.namespace
        services = _services(graph, item)
        if any(_name(service) == name and fits(_namespace(service), namespace) for service in services):
            continue
        for service in services:
            if not _was(service, name, namespace):
                continue
            now, where = _name(service), _namespace(service)
            meant = f"{now}.{where}.svc.{mesh(graph).cluster_domain}" if "." in node.text else now
            made = next((n for n in (service.name_node, service.namespace_node) if isinstance(n, MadeScalar)), None)
            yield Remark(
                node,
                f"the kustomization renames the Service, but not the host `{node.text}`",
                "nothing is called this here",
                f"write `{meant}` in a patch of the overlay, or add a replacement for this field",
                ((made.by, f"this makes it `{now}`"),) if made is not None and made.by is not None else (),
                path=(item, service),
            )
            break


def _services(graph: Graph, item: IstioObject) -> list[Service]:
    """Return the Services of a unit if the build has renamed any of them."""

    def collect() -> list[Service]:
        services = [resource for resource in item.unit.resources if isinstance(resource, Service)]
        made = any(isinstance(n, MadeScalar) for s in services for n in (s.name_node, s.namespace_node))
        return services if made else []

    return graph.once(("renamed services", id(item.unit)), collect)


def _name(service: Service) -> str:
    return service.name_node.text if service.name_node is not None else service.name


def _namespace(service: Service) -> str:
    return service.namespace_node.text if service.namespace_node is not None else service.namespace


def _was(service: Service, name: str, namespace: str) -> bool:
    """Tell whether a Service had a name and namespace before the build changed one of them."""
    names, spaces = _texts(service.name_node), _texts(service.namespace_node)
    return name in names and (namespace in spaces or fits(namespace, _namespace(service)) or len(spaces) < 2)


def _texts(node: Node | None) -> list[str]:
    return [] if node is None else [past.text for past in history(node) if isinstance(past, Scalar)]
