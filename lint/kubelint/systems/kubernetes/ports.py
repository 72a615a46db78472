"""Ports and addresses that only one can have: node ports, cluster addresses, ports of nodes; and who listens where.

Source: Kubernetes documentation, "Service" (nodePort, "Choosing your own IP address"); API reference, ContainerPort
(`hostPort`, `protocol`, `hostIP`); documentation of MetalLB, Cilium (LoadBalancer IP Address Management) and kube-vip.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.alternatives import side_by_side, together
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import DaemonSet, KubernetesObject, Service
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Node, Scalar

#: Annotations of MetalLB, Cilium and kube-vip that took the place of the deprecated field `loadBalancerIP`.
_ADDRESS_ANNOTATIONS = (
    "metallb.io/loadBalancerIPs",
    "metallb.universe.tf/loadBalancerIPs",
    "lbipam.cilium.io/ips",
    "io.cilium/lb-ipam-ips",
    "kube-vip.io/loadbalancerIPs",
)
_ANY_ADDRESS = ("", "0.0.0.0", "::")  # noqa: S104 - compared, not bound


class Claim(NamedTuple):
    """Something that only one object can have, and who wants it where."""

    owner: KubernetesObject
    node: Scalar
    address: str = ""


def taken_before(graph: Graph, claims: list[Claim], claim: Claim) -> Claim | None:
    """Return the earlier claim that a claim collides with; None where there is none.

    ``claims`` are all claims to the same thing, in the order of the files. They collide if their owners are applied
    together, or if both are of one object.
    """
    for earlier in claims:
        if earlier is claim:
            return None
        same = earlier.owner is claim.owner
        if (same or together(graph, earlier.owner, claim.owner)) and _addresses_meet(earlier.address, claim.address):
            return earlier
    return None


def _addresses_meet(one: str, other: str) -> bool:
    return one == other or one in _ANY_ADDRESS or other in _ANY_ADDRESS


# -- Services --------------------------------------------------------------------------------------------------------


def node_ports(graph: Graph) -> dict[tuple[object, ...], list[Claim]]:
    """Return the claims to node ports, by unit, port and protocol: a node port is taken in the whole cluster."""

    def collect() -> dict[tuple[object, ...], list[Claim]]:
        found: dict[tuple[object, ...], list[Claim]] = {}
        for service in graph.subjects(Service):
            for port in service.ports:
                node = port.scalar("nodePort")
                if node is not None and not node.opaque and node.text != "0":
                    key = (id(service.unit), node.text, port.text_at("protocol") or "TCP")
                    found.setdefault(key, []).append(Claim(service, node))
        return found

    return graph.once("node ports", collect)


def cluster_addresses(graph: Graph) -> dict[tuple[object, ...], list[Claim]]:
    """Return the claims to addresses of Services, by unit and address."""

    def collect() -> dict[tuple[object, ...], list[Claim]]:
        found: dict[tuple[object, ...], list[Claim]] = {}
        for service in graph.subjects(Service):
            first = service.root.scalar("spec", "clusterIP")
            more = service.root.items_at("spec", "clusterIPs")
            nodes = [node for node in (first, *more) if isinstance(node, Scalar)]
            for text, node in {node.text: node for node in reversed(nodes)}.items():
                if text not in ("", "None") and not node.opaque:
                    found.setdefault((id(service.unit), text), []).append(Claim(service, node))
        return found

    return graph.once("cluster addresses", collect)


def load_balancer_ports(graph: Graph) -> dict[tuple[object, ...], list[Claim]]:
    """Return the claims to ports of load balancers' addresses, by unit, address, protocol and port.

    An address alone is no claim: several implementations let Services share one as long as their ports differ.
    """

    def collect() -> dict[tuple[object, ...], list[Claim]]:
        found: dict[tuple[object, ...], list[Claim]] = {}
        for service in graph.subjects(Service):
            for node, address, protocol, port in wanted_of_load_balancer(service):
                found.setdefault((id(service.unit), address, protocol, port), []).append(Claim(service, node))
        return found

    return graph.once("load balancer ports", collect)


def wanted_of_load_balancer(service: Service) -> Iterator[tuple[Scalar, str, str, str]]:
    """Yield where a Service asks a load balancer for an address, and the address, protocol and port."""
    for node, address in _wanted_addresses(service):
        for entry in service.ports:
            port = entry.text_at("port")
            if port is not None:
                yield node, address, entry.text_at("protocol") or "TCP", port


def _wanted_addresses(service: Service) -> Iterator[tuple[Scalar, str]]:
    if service.type != "LoadBalancer":
        return
    nodes = (service.root.scalar("spec", "loadBalancerIP"), *map(service.annotation, _ADDRESS_ANNOTATIONS))
    for node in nodes:
        if node is not None and not node.opaque:
            for text in node.text.split(","):
                if text.strip():
                    yield node, text.strip()


class Listening(NamedTuple):
    """A port of a Service and the workloads behind it, by whether their pods declare its target."""

    port: Node
    target: Scalar
    declaring: list[PodTemplate]
    others: list[PodTemplate]


def listening(graph: Graph, service: Service) -> Iterator[Listening]:
    """Yield, for each port of a Service with several workloads behind it, which of them declare the target.

    Workloads that declare no port at all are left out: ports need not be declared. So are those that declare the target
    of another port of the Service, for they are there for that one.
    """
    templates = selected(graph, service)
    if len(templates) < 2:
        return
    targets = [(port, port.scalar("targetPort") or port.scalar("port")) for port in service.ports]
    wanted = {target.text for _, target in targets if target is not None}
    for port, target in targets:
        if target is None or target.opaque:
            continue
        declaring, others = [], []
        for template in templates:
            names = _declared(graph, template)
            if target.text in names:
                declaring.append(template)
            elif names and not any(opaque for opaque in names.values()) and wanted.isdisjoint(names):
                others.append(template)
        if declaring and others:
            yield Listening(port, target, declaring, others)


def selected(graph: Graph, service: Service) -> list[PodTemplate]:
    """Return the pod templates that a Service selects and that run side by side."""
    for reference in graph.outgoing(service, "selects"):
        if isinstance(reference.detail, SelectorMatch) and reference.targets:
            templates = {id(template.owner): template for template in reference.detail.templates}
            owners = [template.owner for template in templates.values()]
            return [templates[id(owner)] for owner in side_by_side(graph, owners)]
    return []


def _declared(graph: Graph, template: PodTemplate) -> dict[str, bool]:
    """Return the names and numbers of the ports that a pod declares, and whether each is only known later."""

    def collect() -> dict[str, bool]:
        return {
            node.text: node.opaque for port in template.ports for node in (port.name, port.number) if node is not None
        }

    return graph.once(("declared ports", id(template)), collect)


# -- ports of nodes --------------------------------------------------------------------------------------------------


def host_ports(graph: Graph) -> dict[tuple[object, ...], list[Claim]]:
    """Return the claims to ports of every node, by unit, port and protocol: those of DaemonSets that run everywhere."""

    def collect() -> dict[tuple[object, ...], list[Claim]]:
        found: dict[tuple[object, ...], list[Claim]] = {}
        for daemon_set in graph.subjects(DaemonSet):
            template = daemon_set.template
            if template is None or _chooses_nodes(template):
                continue
            for key, claim in pod_host_ports(template):
                found.setdefault((id(daemon_set.unit), *key), []).append(claim)
        return found

    return graph.once("host ports", collect)


def pod_host_ports(template: PodTemplate) -> Iterator[tuple[tuple[str, str], Claim]]:
    """Yield port and protocol of the node that each container takes, with the claim."""
    for container in template.containers:
        if container.section != "containers":
            continue
        for port in container.ports:
            node = port.node.scalar("hostPort") or (port.number if template.host_network else None)
            if node is not None and not node.opaque and node.text != "0":
                yield (node.text, port.protocol), Claim(template.owner, node, port.node.text_at("hostIP") or "")


def _chooses_nodes(template: PodTemplate) -> bool:
    spec = template.spec
    return spec.at("nodeSelector") is not None or spec.at("affinity", "nodeAffinity") is not None
