"""Workloads, Services and namespaces as the mesh sees them: injection, names of ports, what bypasses the proxy.

Source: Istio documentation, "Application Requirements", "Protocol Selection" and "Installing the Sidecar"; Istio
reference, "Resource Annotations" and "Resource Labels".
"""

from __future__ import annotations

from itertools import takewhile

from kubelint.finding import Severity
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.istio.authorities import services_of
from kubelint.systems.istio.model import RemovedObject, ServiceEntry
from kubelint.systems.istio.mutual_tls import not_injected
from kubelint.systems.istio.protocols import PREFIXES, UNKNOWN, by_name, service_protocol
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import CustomResource, KubernetesObject, Namespace, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Node, Scalar
from kubelint_schemas import istio as schemas

_PROXY = "istio-proxy"
_PROXY_USER = "1337"
_INJECTION = ("istio-injection", "istio.io/rev")
_AMBIENT = "istio.io/dataplane-mode"
_KUBERNETES_PROTOCOLS = frozenset({"kubernetes.io/h2c", "kubernetes.io/ws", "kubernetes.io/wss"})


def in_mesh(graph: Graph) -> bool:
    """Tell whether the repository has anything of Istio at all."""
    return "istio" in graph.systems


def proxy_user(graph: Graph, template: PodTemplate) -> Remarks:
    """Yield the user of a container that the proxy takes for itself: its traffic is not captured.

    A gateway is a proxy itself, and where no proxy is injected nothing is captured anyway.
    """
    if any(container.label == _PROXY for container in template.containers) or not_injected(graph, template) is not None:
        return
    nodes = [template.spec.scalar("securityContext", "runAsUser")]
    nodes += [container.node.scalar("securityContext", "runAsUser") for container in template.containers]
    for node in nodes:
        if node is not None and node.text == _PROXY_USER:
            yield Remark(
                node,
                f"user `{_PROXY_USER}` is that of the proxy",
                "traffic of this user is not captured",
                "run as another user",
            )


def uninjected_auto_image(graph: Graph, template: PodTemplate) -> Remarks:
    """Yield the image ``auto`` of a pod that is surely not injected: nobody replaces it."""
    cause = not_injected(graph, template)
    for container in template.containers:
        image = container.node.scalar("image")
        if image is not None and image.text == "auto" and cause is not None:
            yield Remark(
                image,
                "nobody replaces the image `auto`",
                "the injector does, and these pods are not injected",
                "let the pods be injected, or name an image",
                ((cause, "not injected because of this"),),
            )


def conflicting_labels(namespace: Namespace) -> Remarks:
    """Yield the labels of a namespace that ask for different kinds of injection."""
    labels = namespace.labels
    given = [labels[name] for name in _INJECTION if name in labels]
    names = [name for name in _INJECTION if name in labels]
    holder = namespace.root.at("metadata", "labels")
    keys: dict[str, Node] = {name: (holder.key(name) if holder is not None else None) or value for name, value in
                             zip(names, given, strict=True)}  # fmt: skip
    if len(given) == 2 and labels["istio-injection"].text == "enabled":
        yield Remark(
            keys["istio.io/rev"],
            "`istio-injection` and `istio.io/rev` are both set",
            "the revision is ignored",
            "remove one of the two",
            ((keys["istio-injection"], "this one counts"),),
        )
    ambient = labels.get(_AMBIENT)
    if ambient is not None and ambient.text == "ambient" and names and labels[names[0]].text != "disabled":
        yield Remark(
            (holder.key(_AMBIENT) if holder is not None else None) or ambient,
            "the namespace asks for sidecars and for ambient mode",
            "pods with a sidecar are no part of ambient mode",
            "remove one of the two",
            ((keys[names[0]], "this asks for sidecars"),),
        )


def unprefixed_ports(graph: Graph, service: Service) -> Remarks:
    """Yield the ports whose name says no protocol."""
    if not in_mesh(graph):
        return
    for port in service.ports:
        name, said = port.scalar("name"), port.scalar("appProtocol")
        number = port.scalar("port")
        if said is not None or (port.text_at("protocol") or "TCP") != "TCP" or number is None:
            continue
        if name is None or (not name.opaque and by_name(name.text) == UNKNOWN):
            yield Remark(
                name or number,
                "the port does not say which protocol it speaks",
                "the proxy finds out by looking at the traffic",
                "begin the name with the protocol (`http-…`, `grpc-…`, `tcp-…`), or set `appProtocol`",
                severity=Severity.INFO,
            )


def unknown_protocols(graph: Graph, service: Service) -> Remarks:
    """Yield the protocols of ports that the proxy does not know, where one that it knows is near."""
    if not in_mesh(graph):
        return
    for port in service.ports:
        said = port.scalar("appProtocol")
        if said is None or said.opaque or said.text.lower() in PREFIXES or said.text in _KUBERNETES_PROTOCOLS:
            continue
        near = nearest(said.text, PREFIXES)
        if near:
            yield Remark(
                said,
                f"the mesh knows no protocol `{said.text}`",
                "the proxy finds out by looking at the traffic",
                f"write `{near[0]}`",
                candidates=tuple(near),
            )


def disagreeing_names(graph: Graph, service: Service) -> Remarks:
    """Yield the ports whose name says another protocol than ``appProtocol``."""
    if not in_mesh(graph):
        return
    for port in service.ports:
        name, said = port.scalar("name"), port.scalar("appProtocol")
        if name is None or said is None or name.opaque or said.opaque:
            continue
        by, protocol = by_name(name.text), said.text.lower()
        if by in (UNKNOWN, protocol) or protocol not in PREFIXES:
            continue
        yield Remark(
            name,
            f"the port is called `{name.text}`, but speaks `{said.text}`",
            "the name is not looked at",
            f"begin the name with `{protocol}`, or correct `appProtocol`",
            ((said, "this counts"),),
        )


def disagreeing_services(graph: Graph, service: Service) -> Remarks:
    """Yield the ports at which two Services of one workload speak different protocols to the same port."""
    if not in_mesh(graph):
        return
    for other, template in _before(graph, service).values():
        for port in service.ports:
            for there in other.ports:
                yield from _disagree(port, there, other, template)


def _before(graph: Graph, service: Service) -> dict[int, tuple[Service, PodTemplate]]:
    """Return the Services of the unit that come before one and select pods of it, each with such a pod."""
    found: dict[int, tuple[Service, PodTemplate]] = {}
    for reference in graph.outgoing(service, "selects"):
        for template in reference.detail.templates if isinstance(reference.detail, SelectorMatch) else ():
            for other in takewhile(lambda item: item is not service, services_of(graph, [template])):
                if other.unit is service.unit and other.key != service.key:
                    found.setdefault(id(other), (other, template))
    return found


def _disagree(port: Node, there: Node, other: Service, template: PodTemplate) -> Remarks:
    target, their_target = (node.scalar("targetPort") or node.scalar("port") for node in (port, there))
    if target is None or their_target is None or target.text != their_target.text:
        return
    own, said = service_protocol(port)
    theirs, their_said = service_protocol(there)
    if own != theirs and UNKNOWN not in (own, theirs) and said is not None and their_said is not None:
        yield Remark(
            said,
            f"two Services speak different protocols to port `{target.text}`",
            f"here it is `{own}`",
            "let both say the same",
            ((their_said, f"in Service `{other.name}` it is `{theirs}`"), (template.owner, "the same pods")),
        )


def removed_kind(item: RemovedObject) -> Remarks:
    """Yield the object of a kind that Istio has given up."""
    node = item.api_version
    if node is not None:
        yield Remark(
            node,
            f"Istio has no {item.kind} any more",
            f"the API group `{item.group}` is gone since 1.6",
            "write an AuthorizationPolicy, a PeerAuthentication or a RequestAuthentication instead",
        )


def unserved_version(item: KubernetesObject) -> Remarks:
    """Yield the API version of one of Istio's kinds that is not served in it, or not in this group."""
    node = item.api_version
    if node is None or node.opaque or not node.text.partition("/")[0].endswith(".istio.io"):
        return
    known = [version for version, kind in schemas.kinds() if kind == item.kind]
    if not known or node.text in known:
        return
    wanted = known[0]
    yield Remark(
        node,
        f"{item.kind} is not served as `{node.text}`",
        "the API server knows no such kind",
        f"write `{wanted}`",
        candidates=(wanted,),
    )


def waypoint(graph: Graph, item: Service | Namespace | ServiceEntry) -> Remarks:
    """Yield the label that names a waypoint which is a slip of one that exists, or no waypoint."""
    label = item.labels.get("istio.io/use-waypoint")
    if label is None or label.opaque or label.text == "none":
        return
    namespace = item.labels.get("istio.io/use-waypoint-namespace")
    where = namespace.text if namespace is not None else item.name if isinstance(item, Namespace) else item.namespace
    gateways = {g.name: g for g in graph.subjects(CustomResource) if g.kind == "Gateway" and g.namespace in ("", where)}
    found = gateways.get(label.text)
    if found is None:
        near = nearest(label.text, gateways)
        if near and not item.unit.incomplete:
            yield Remark(
                label,
                f"Gateway `{label.text}` does not exist",
                "requests pass no waypoint",
                f"write `{near[0]}`",
                ((gateways[near[0]], "this one exists"),),
                candidates=tuple(near),
            )
        return
    kind = found.root.scalar("spec", "gatewayClassName")
    if isinstance(kind, Scalar) and not kind.opaque and "waypoint" not in kind.text:
        yield Remark(
            label,
            f"Gateway `{label.text}` is no waypoint",
            "requests pass no waypoint",
            "name a Gateway of class `istio-waypoint`",
            ((kind, "its class"),),
        )
