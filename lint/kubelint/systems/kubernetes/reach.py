"""Who calls whom inside the cluster, and whether the NetworkPolicies let the call through.

An edge is a call from the pods of a workload to a Service of the repository: by an address or the annotation
``kubelint.io/calls``, or by a variable that is named for an address and holds the name of a Service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Key, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.addresses import Address, addresses_of, may_mean
from kubelint.systems.kubernetes.call_syntax import Call
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import CALLS, Ingress, KubernetesObject, NetworkPolicy, Service, Workload
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.policy import EGRESS, INGRESS, denied
from kubelint.systems.kubernetes.scope import units_together
from kubelint.tree.node import Node

_HOST_VARIABLE = re.compile(
    r"(?:^|_)(?:ADDR|ADDRESS|BACKEND|DSN|ENDPOINT|HOST|HOSTNAME|SERVER|SERVICE|UPSTREAM|URI|URL)$"
)
#: Parts of the image names of ingress controllers.
_CONTROLLER_IMAGES = (
    "ingress-nginx/controller",
    "nginx-ingress-controller",
    "nginx/nginx-ingress",
    "/traefik",
    "haproxy-ingress",
)


class CallEdge(NamedTuple):
    """A call: where it is said, the Service, and its port (None: any)."""

    source: KubernetesObject
    node: Node
    service: Service
    port: int | None


class Denial(NamedTuple):
    """The policies that keep a call out: of the pods that are called, else of those that call."""

    direction: str
    policies: tuple[NetworkPolicy, ...]
    callee: PodTemplate

    @property
    def traffic(self) -> str:
        """The direction as an adjective, as the pods that the policies select see it."""
        return "incoming" if self.direction == INGRESS else "outgoing"


def call_edges(graph: Graph, workload: KubernetesObject) -> list[CallEdge]:
    """Return the calls of a workload's pods to Services of the repository, each Service once."""
    found: dict[int, CallEdge] = {}
    for address in addresses_of(graph, workload):
        for service in address.services:
            found.setdefault(id(service), CallEdge(workload, address.host_node, service, address.effective_port))
    for reference in graph.outgoing(workload, "calls"):
        call = reference.detail
        if reference.resolution is not Resolution.RESOLVED or not isinstance(call, Call):
            continue
        if call.via != CALLS and not _HOST_VARIABLE.search(call.via.upper()):
            continue
        for target in reference.targets:
            if isinstance(target, Service) and may_mean(graph, workload, reference.wanted.namespace, target, call.host):
                found.setdefault(id(target), CallEdge(workload, reference.node, target, None))
    return list(found.values())


def pods_behind(graph: Graph, service: Service) -> list[PodTemplate]:
    """Return the pod templates that a Service sends to."""
    return [
        template
        for reference in graph.outgoing(service, "selects")
        if reference.resolution is Resolution.RESOLVED and isinstance(reference.detail, SelectorMatch)
        for template in reference.detail.templates
    ]


def target_ports(service: Service, template: PodTemplate, port: int | None) -> list[tuple[int | None, str]]:
    """Return number and protocol of the pod's ports that a port of a Service leads to (None: any port)."""
    found = [
        (target_number(entry, template), entry.text_at("protocol") or "TCP")
        for entry in service.ports
        if port is None or entry.text_at("port") == str(port)
    ]
    return found or [(None, "TCP")]


def target_number(entry: Node, template: PodTemplate) -> int | None:
    """Return the port of a pod that a port of a Service leads to; None where it is not known."""
    target = entry.scalar("targetPort") or entry.scalar("port")
    if target is None or target.opaque:
        return None
    if target.text.isdigit():
        return int(target.text)
    for declared in template.ports:
        if declared.name is not None and declared.name.text == target.text and declared.number is not None:
            return int(declared.number.text) if declared.number.text.isdigit() else None
    return None


def denial(graph: Graph, caller: PodTemplate, service: Service, port: int | None) -> Denial | None:
    """Return why pods cannot reach a Service on a port; None where some pod behind it may be reached."""
    callees = pods_behind(graph, service)
    if not callees or any(callee.owner is caller.owner for callee in callees):
        return None
    first: Denial | None = None
    for callee in callees:
        for number, protocol in target_ports(service, callee, port):
            policies, direction = denied(graph, callee, INGRESS, caller, number, protocol), INGRESS
            if not policies:
                policies, direction = denied(graph, caller, EGRESS, callee, number, protocol), EGRESS
            if not policies:
                return None
            first = first or Denial(direction, policies, callee)
    return first


def ingress_controllers(graph: Graph, ingress: Ingress) -> list[PodTemplate]:
    """Return the pods of the repository that are ingress controllers of an Ingress's cluster, as their images say."""

    def collect() -> list[PodTemplate]:
        return [
            template
            for template in graph.subjects(PodTemplate)
            if any(
                any(known in f"/{container.node.text_at('image') or ''}" for known in _CONTROLLER_IMAGES)
                for container in template.containers
            )
        ]

    known = graph.once("ingress controllers", collect)
    return [template for template in known if units_together(graph, template.owner.unit, ingress.unit)]


def backends(graph: Graph, ingress: Ingress) -> Iterator[tuple[Node, Service]]:
    """Yield the node and the Service of each backend that is in the repository."""
    for reference in graph.outgoing(ingress, "routes-to"):
        for target in reference.targets:
            if isinstance(target, Service):
                yield reference.node, target


def uses_names(graph: Graph, template: PodTemplate) -> Node | None:
    """Return where the pods of a template are told a host name that they must look up; None where nothing says so."""
    owner = template.owner
    if not isinstance(owner, Workload) or template.spec.items_at("hostAliases"):
        return None
    for address in addresses_of(graph, owner):
        return address.host_node
    for edge in call_edges(graph, owner):
        return edge.node
    return None


def declares_ports(service: Service) -> bool:
    """Tell whether a Service answers on the ports that it declares and on no other."""
    if service.type == "ExternalName" or service.headless or not service.ports:
        return False
    numbers = [port.scalar("port") for port in service.ports]
    return all(number is not None and not number.opaque for number in numbers)


def may_be_own(graph: Graph, address: Address) -> bool:
    """Tell whether an address may be the one that the pods themselves listen on."""
    owners = {id(template.owner) for service in address.services for template in pods_behind(graph, service)}
    return id(address.resource) in owners


def service_elsewhere(graph: Graph, address: Address) -> Service | None:
    """Return the Service that a name of one word means in another namespace, where it means none in its own."""
    own = address.resource.namespace
    if not address.short or address.services or not own or address.resource.unit.incomplete:
        return None
    wanted = Key("kubernetes", "Service", own, address.host)
    if graph.is_external(wanted):
        return None
    others = [found for found in graph.find(wanted._replace(namespace="")) if isinstance(found, Service)]
    port = address.effective_port
    if not others or any(not found.namespace for found in others):
        return None
    fitting = [
        found
        for found in others
        if units_together(graph, found.unit, address.resource.unit)
        and port is not None
        and any(entry.text_at("port") == str(port) for entry in found.ports)
    ]
    return fitting[0] if len(fitting) == len(others) else None
