"""What leads to Services from outside: Ingresses, gateways and routes; and the certificates that they show."""

from __future__ import annotations

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import gateway as api
from kubelint.systems.kubernetes.certificates import (
    CLUSTER_ISSUER_KIND,
    ISSUER_KIND,
    Certificate,
    annotated_issuers,
)
from kubelint.systems.kubernetes.gateway import BackendTLSPolicy, Gateway, Listeners, Route
from kubelint.systems.kubernetes.model import Ingress, KubernetesObject
from kubelint.systems.kubernetes.refer import SYSTEM, refer_to, refer_to_part, refer_to_service
from kubelint.tree.node import Node, Scalar


def link_ingress(graph: Graph, ingress: Ingress) -> None:
    """Resolve backends with their ports, the class, the Secrets and the issuers of an Ingress."""
    for backend in ingress.backends():
        name = backend.scalar("service", "name") or backend.scalar("serviceName")
        port = (
            backend.scalar("service", "port", "name")
            or backend.scalar("service", "port", "number")
            or backend.scalar("servicePort")
        )
        if port is not None and port.text == "use-annotation":
            continue  # the name is an action in an annotation of the AWS Load Balancer Controller
        refer_to_service(graph, ingress, name, port, detail=backend)
    ingress_class = ingress.root.scalar("spec", "ingressClassName")
    refer_to(graph, "served-by", ingress, ingress_class, "IngressClass", namespace="")
    for tls in ingress.root.items_at("spec", "tls"):
        refer_to(graph, "shows-certificate", ingress, tls.scalar("secretName"), "Secret", detail=tls)
    _link_issuers(graph, ingress)


def link_certificate(graph: Graph, certificate: Certificate) -> None:
    """Resolve the issuer of a certificate."""
    if certificate.issuer is not None:
        _link_issuer(graph, certificate, *certificate.issuer)


def _link_issuers(graph: Graph, item: KubernetesObject) -> None:
    for name, kind in annotated_issuers(item):
        _link_issuer(graph, item, name, kind)


def _link_issuer(graph: Graph, item: KubernetesObject, name: Scalar, kind: str) -> None:
    """Resolve an issuer; one of the same name and the other kind is what was meant, wherever it is."""
    other = ISSUER_KIND if kind == CLUSTER_ISSUER_KIND else CLUSTER_ISSUER_KIND
    wanted = Key(SYSTEM, kind, "" if kind == CLUSTER_ISSUER_KIND else item.namespace, name.text)
    if not graph.find(wanted, item.unit) and not name.opaque and not item.unit.incomplete:
        where = "" if other == CLUSTER_ISSUER_KIND else item.namespace
        meant = graph.find(Key(SYSTEM, other, where, name.text), item.unit)
        if meant and not graph.is_external(wanted):
            graph.add_reference(
                Reference("issued-by", item, name, wanted, Resolution.NEAR_MISS, candidates=tuple(meant[:1]))
            )
            return
    refer_to(graph, "issued-by", item, name, kind, namespace=wanted.namespace)


# -- the Gateway API -------------------------------------------------------------------------------------------------


def link_gateway(graph: Graph, gateway: Listeners) -> None:
    """Resolve the class, the Secrets and the issuers of a Gateway, and the Gateway of a ListenerSet."""
    if isinstance(gateway, Gateway):
        name = gateway.root.scalar("spec", "gatewayClassName")
        refer_to(graph, "served-by", gateway, name, api.GATEWAY_CLASS_KIND, namespace="")
        _link_issuers(graph, gateway)
    else:
        parent = gateway.root.at("spec", "parentRef")
        if parent is not None and (parent.text_at("kind") or "Gateway") == "Gateway":
            where = parent.text_at("namespace") or gateway.namespace
            refer_to(graph, "attaches-to", gateway, parent.scalar("name"), api.GATEWAY_KIND, namespace=where)
    for listener in gateway.listeners:
        for reference in listener.node.items_at("tls", "certificateRefs"):
            if (reference.text_at("kind") or "Secret") == "Secret" and not reference.text_at("group"):
                where = reference.text_at("namespace") or gateway.namespace
                refer_to(
                    graph,
                    "shows-certificate",
                    gateway,
                    reference.scalar("name"),
                    "Secret",
                    namespace=where,
                    detail=reference,
                )
        for reference in listener.node.items_at("tls", "frontendValidation", "caCertificateRefs"):
            _link_authority(graph, gateway, reference)


def _link_authority(graph: Graph, item: KubernetesObject, reference: Node) -> None:
    kind = reference.text_at("kind")
    if kind in ("ConfigMap", "Secret"):
        where = reference.text_at("namespace") or item.namespace
        refer_to(graph, "trusts", item, reference.scalar("name"), kind, namespace=where)


def link_route(graph: Graph, route: Route) -> None:
    """Resolve the parents of a route with their listeners, and the backends with their ports."""
    for parent in route.parents:
        _link_parent(graph, route, parent)
    for backend in route.backends():
        _link_backend(graph, route, backend)


def _link_backend(graph: Graph, route: Route, backend: Node) -> None:
    if (backend.text_at("kind") or "Service") != "Service" or backend.text_at("group"):
        return
    given = backend.scalar("namespace")
    if given is not None and given.opaque:
        return
    where = route.namespace if given is None else given.text
    refer_to_service(graph, route, backend.scalar("name"), backend.scalar("port"), namespace=where, detail=backend)


def _link_parent(graph: Graph, route: Route, parent: Node) -> None:
    """Resolve a parent: a Gateway, a ListenerSet, or a Service whose callers the route is for."""
    kind = parent.text_at("kind") or "Gateway"
    group = parent.text_at("group") if parent.at("group") is not None else api.GROUP
    given = parent.scalar("namespace")
    if given is not None and given.opaque:
        return
    where = route.namespace if given is None else given.text
    if kind == "Service" and not group:
        refer_to(graph, "attaches-to", route, parent.scalar("name"), "Service", namespace=where, detail=parent)
        return
    wanted_kind = f"{kind}.{group}"
    if wanted_kind not in (api.GATEWAY_KIND, api.LISTENER_SET_KIND):
        return
    reference = refer_to(
        graph, "attaches-to", route, parent.scalar("name"), wanted_kind, namespace=where, detail=parent
    )
    if reference is None or reference.resolution is not Resolution.RESOLVED:
        return
    gateways = [target for target in reference.targets if isinstance(target, Listeners)]
    for field, verb in (("sectionName", "attaches-to-listener"), ("port", "attaches-to-port")):
        chosen = parent.scalar(field)
        if gateways and chosen is not None:
            known: dict[str, Node] = {}
            for owner in gateways:
                for listener in owner.listeners:
                    node = listener.name if field == "sectionName" else listener.node.scalar("port")
                    if node is not None:
                        known.setdefault(node.text, node)
            wanted = Key(SYSTEM, api.LISTENER, where, f"{gateways[0].name}/{chosen.text}")
            refer_to_part(graph, verb, route, chosen, wanted, gateways[0], known, detail=gateways[0])


def link_backend_tls(graph: Graph, policy: BackendTLSPolicy) -> None:
    """Resolve the Services and the authorities of a BackendTLSPolicy."""
    for target in policy.root.items_at("spec", "targetRefs"):
        if target.text_at("kind") == "Service":
            refer_to(graph, "configures", policy, target.scalar("name"), "Service")
    for reference in policy.root.items_at("spec", "validation", "caCertificateRefs"):
        _link_authority(graph, policy, reference)
