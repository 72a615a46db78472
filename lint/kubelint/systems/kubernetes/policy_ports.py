"""Ports of NetworkPolicies against the ports of the pods that they are about.

Policies are applied to packets as the pods see them: a port is the pod's own, never that of the Service before it.
Source: Kubernetes documentation, "Network Policies"; API reference, NetworkPolicyPort.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.matching import SelectorMatch
from kubelint.systems.kubernetes.model import NetworkPolicy, Service
from kubelint.systems.kubernetes.pod import ContainerPort, PodTemplate
from kubelint.systems.kubernetes.policy import EGRESS, INGRESS, PolicyPort, TrafficRule, traffic_rules
from kubelint.systems.kubernetes.reach import target_number
from kubelint.systems.kubernetes.selecting import services_before
from kubelint.tree.node import Node, Scalar


@dataclass(slots=True)
class PortProblem:
    """Why a port of a policy lets nothing through."""

    node: Scalar
    headline: str
    reason: str
    help: str
    related: list[tuple[Node, str]] = field(default_factory=list)


def ports_on_pods(graph: Graph, policy: NetworkPolicy) -> Iterator[tuple[list[PodTemplate], PolicyPort]]:
    """Yield each port of a policy with the pods that must have it, where these are known."""
    selected = _selected(graph, policy, "isolates", policy.selector.node if policy.selector else None)
    if selected:
        for rule in traffic_rules(policy, INGRESS):
            for port in rule.ports:
                yield selected, port
    for rule in traffic_rules(policy, EGRESS):
        peers = _peer_pods(graph, policy, rule)
        if peers:
            for port in rule.ports:
                yield peers, port


def _peer_pods(graph: Graph, policy: NetworkPolicy, rule: TrafficRule) -> list[PodTemplate]:
    """Return the pods that all peers of a rule mean; nothing where one of them is about anything else."""
    found: list[PodTemplate] = []
    for peer in rule.peers:
        if peer.namespaces is not None or peer.pods is None:
            return []
        pods = _selected(graph, policy, "admits", peer.pods.node)
        if not pods:
            return []
        found += pods
    return found


def _selected(graph: Graph, policy: NetworkPolicy, verb: str, node: Node | None) -> list[PodTemplate]:
    for reference in graph.outgoing(policy, verb):
        if reference.node is node and isinstance(reference.detail, SelectorMatch):
            return reference.detail.templates
    return []


def port_problem(graph: Graph, selected: list[PodTemplate], entry: PolicyPort) -> PortProblem | None:
    """Return what is wrong with a port for the pods that must have it; None where nothing surely is."""
    port = entry.port
    if port is None or port.opaque or entry.node.at("endPort") is not None:
        return None
    declared = [known for template in selected for known in template.ports]
    if any(known.number is None or known.number.opaque for known in declared):
        return None
    if not port.text.isdigit():
        return _name_problem(selected, port)
    same = [known for known in declared if known.number is not None and known.number.text == port.text]
    if any(known.protocol == entry.protocol for known in same):
        return None
    if same:
        return _protocol_problem(same, port, entry)
    services = [service for template in selected for service in services_before(graph, template)]
    pairs = [(service, known) for service in services for known in service.ports]
    targets = {target_number(known, template) for template in selected for _, known in pairs}
    if None in targets or port.text in {str(target) for target in targets}:
        return None  # a Service leads to this very port, or to one that is not known
    return _service_problem(pairs, selected[0], port)


def _name_problem(selected: list[PodTemplate], port: Scalar) -> PortProblem | None:
    names = {known.name.text: known.name for template in selected for known in template.ports if known.name is not None}
    if port.text in names or any(name.opaque for name in names.values()):
        return None
    return PortProblem(
        port,
        f"no pod that this is about has a port named `{port.text}`",
        "means the pods that declare the name",
        "write a name that the containers declare, or the number",
        [(name, "the pods have this port") for name in list(names.values())[:3]],
    )


def _protocol_problem(same: list[ContainerPort], port: Scalar, entry: PolicyPort) -> PortProblem | None:
    if any((node := known.node.scalar("protocol")) is not None and node.opaque for known in same):
        return None
    protocol = same[0].protocol
    return PortProblem(
        port,
        f"the pods have port {port.text} over {protocol}, not over {entry.protocol}",
        f"over {entry.protocol}" + ("" if entry.node.at("protocol") is not None else ", as nothing else is said"),
        f"add `protocol: {protocol}`" if entry.node.at("protocol") is None else f"write `protocol: {protocol}`",
        [(known.node, f"declared over {known.protocol}") for known in same[:2]],
    )


def _service_problem(pairs: list[tuple[Service, Node]], template: PodTemplate, port: Scalar) -> PortProblem | None:
    for service, known in pairs:
        target = target_number(known, template)
        if known.text_at("port") == port.text and target is not None:
            return PortProblem(
                port,
                f"port {port.text} is that of Service `{service.name}`; the pods listen on {target}",
                "policies see the port of the pod",
                f"write port {target}",
                [(known.at("targetPort") or known.at("port") or known, f"the Service leads to port {target}")],
            )
    return None
