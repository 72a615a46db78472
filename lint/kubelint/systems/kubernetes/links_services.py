"""What Services lead to: pods and their ports, other Services; and what names a Service beside routes."""

from __future__ import annotations

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import matching
from kubelint.systems.kubernetes.calls import CLUSTER_DOMAIN, split_host
from kubelint.systems.kubernetes.model import KubernetesObject, OtherObject, Secret, Service, StatefulSet
from kubelint.systems.kubernetes.pod import ContainerPort, PodTemplate
from kubelint.systems.kubernetes.refer import SYSTEM, part, refer_to, was_read
from kubelint.tree.node import Node, Scalar

SLICE_LABEL = "kubernetes.io/service-name"
TOKEN_ANNOTATION = "kubernetes.io/service-account.name"  # noqa: S105 - the name of an annotation


def link_service(graph: Graph, service: Service) -> None:
    """Resolve the pods of a Service and the named ports of its ports, or the Service that it is another name of."""
    if service.type == "ExternalName":
        _link_external_name(graph, service)
    selector = service.selector
    if selector is None:
        return
    reference = matching.select_pods(graph, "selects", service, selector)
    if reference.resolution is not Resolution.RESOLVED:
        return
    templates = reference.detail.templates if isinstance(reference.detail, matching.SelectorMatch) else []
    declared: dict[str, list[tuple[ContainerPort, Scalar]]] = {}
    for template in templates:
        for known in template.ports:
            if (name := known.name) is not None:
                declared.setdefault(name.text, []).append((known, name))
    for port in service.ports:
        _link_target_port(graph, service, port, templates, declared)


def _link_external_name(graph: Graph, service: Service) -> None:
    """Resolve an external name that is a Service of the cluster: it ends in ``.svc`` or ``.svc.cluster.local``."""
    name = service.root.scalar("spec", "externalName")
    host = "" if name is None else name.text.rstrip(".").lower()
    if name is None or not host.endswith((".svc", f".svc.{CLUSTER_DOMAIN}")):
        return
    named = split_host(host, service.namespace)
    if named is not None:
        wanted = Key(SYSTEM, "Service", named[1], named[0])
        graph.refer("stands-for", service, name, wanted, accept=lambda entity: entity is not service)


def _link_target_port(
    graph: Graph,
    service: Service,
    port: Node,
    templates: list[PodTemplate],
    declared: dict[str, list[tuple[ContainerPort, Scalar]]],
) -> None:
    """Resolve a named target port: at least one selected pod must declare the name, with the port's protocol.

    ``declared`` are the ports of the pods by their names.
    """
    target = port.scalar("targetPort")
    if target is None or target.text.isdigit():
        return
    protocol = port.text_at("protocol") or "TCP"
    wanted = Key(SYSTEM, "container port", service.namespace, target.text)
    result = Reference("targets-port", service, target, wanted, Resolution.UNKNOWN, detail=templates)
    found = [
        part(graph, other.container.owner, name, wanted)
        for other, name in declared.get(target.text, ())
        if _speaks(other, protocol)
    ]
    if found:
        result.resolution, result.targets = Resolution.RESOLVED, tuple(found)
    elif (
        not target.opaque
        and not any(ports[0][1].opaque for ports in declared.values())
        and was_read(service, *(template.owner for template in templates))
    ):
        names = {text: ports[-1][1] for text, ports in declared.items()}
        # A port of that very name speaks another protocol.
        near = [names[target.text]] if target.text in names else matching.nearest_nodes(target.text, names)
        result.resolution = Resolution.NEAR_MISS if near else Resolution.MISSING
        result.candidates = tuple(
            part(graph, templates[0].owner, node, wanted._replace(name=node.text)) for node in near
        )
    graph.add_reference(result)


def _speaks(port: ContainerPort, protocol: str) -> bool:
    own = port.node.scalar("protocol")
    return port.protocol == protocol or (own is not None and own.opaque)


def link_governed(graph: Graph, stateful_set: StatefulSet) -> None:
    """Resolve the Service that gives the pods of a StatefulSet their names."""
    refer_to(graph, "governed-by", stateful_set, stateful_set.root.scalar("spec", "serviceName"), "Service")


def link_endpoints(graph: Graph, item: OtherObject) -> None:
    """Resolve the Service of Endpoints and EndpointSlices that are written by hand, and the pods that they name."""
    if item.kind == "Endpoints":
        refer_to(graph, "extends", item, item.name_node, "Service")
    elif item.kind == "EndpointSlice":
        refer_to(graph, "extends", item, item.labels.get(SLICE_LABEL), "Service")
    else:
        return
    holders = [*item.root.items_at("endpoints"), *_addresses(item)]
    for holder in holders:
        target = holder.at("targetRef")
        if target is not None and target.text_at("kind") == "Pod":
            where = target.text_at("namespace") or item.namespace
            refer_to(graph, "sends-to", item, target.scalar("name"), "Pod", namespace=where)


def _addresses(item: KubernetesObject) -> list[Node]:
    return [
        address
        for subset in item.root.items_at("subsets")
        for section in ("addresses", "notReadyAddresses")
        for address in subset.items_at(section)
    ]


def link_token(graph: Graph, secret: Secret) -> None:
    """Resolve the account that a token Secret is for."""
    refer_to(graph, "is-token-of", secret, secret.annotation(TOKEN_ANNOTATION), "ServiceAccount")
