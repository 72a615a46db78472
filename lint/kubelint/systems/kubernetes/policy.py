"""NetworkPolicies: whom they bind, whom they let through, and on which ports.

Policies only add: a pod that some policy of a direction selects is closed in that direction, and whatever one of these
policies allows is open. So to say that traffic is denied, every policy that may select the pod must be sure to deny it.
Everything that only the cluster knows (labels of Namespaces that no file holds, addresses) may let traffic through.

Source: Kubernetes documentation, "Network Policies"; API reference, NetworkPolicySpec.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from kubelint.graph.query import Graph, fits
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace, NetworkPolicy
from kubelint.systems.kubernetes.pod import INJECTED_LABELS, PodTemplate
from kubelint.systems.kubernetes.scope import share_namespace
from kubelint.systems.kubernetes.selecting import SelectorIndex
from kubelint.systems.kubernetes.selectors import Requirement, Selector, label_selector
from kubelint.tree.node import Node, Scalar

INGRESS, EGRESS = "Ingress", "Egress"
NAME_LABEL = "kubernetes.io/metadata.name"
SYSTEM_NAMESPACE = "kube-system"
DNS_PORT = 53

_PEERS = {INGRESS: ("ingress", "from"), EGRESS: ("egress", "to")}


@dataclass(eq=False)
class PolicyPort:
    """One entry of ``ports``."""

    node: Node

    @property
    def port(self) -> Scalar | None:
        """The number or the name; None for all ports."""
        return self.node.scalar("port")

    @property
    def protocol(self) -> str:
        """TCP unless set."""
        return self.node.text_at("protocol") or "TCP"

    def may_match(self, number: int | None, protocol: str) -> bool:
        """Tell whether it may mean a port of a pod; a name, a placeholder or an unknown number may."""
        given = self.node.scalar("protocol")
        if self.protocol != protocol and not (given is not None and given.opaque):
            return False
        port, end = self.port, self.node.scalar("endPort")
        if port is None or number is None or not port.text.isdigit():
            return True
        if end is not None:
            return not end.text.isdigit() or int(port.text) <= number <= int(end.text)
        return int(port.text) == number


@dataclass(eq=False)
class Peer:
    """One entry of ``from`` or ``to``; ``policy`` is where it stands."""

    policy: NetworkPolicy
    node: Node

    @cached_property
    def pods(self) -> Selector | None:
        """The selector over pods; None where it says nothing of pods."""
        node = self.node.mapping("podSelector")
        return None if node is None else label_selector(node)

    @cached_property
    def namespaces(self) -> Selector | None:
        """The selector over Namespaces; None where only the policy's own counts."""
        node = self.node.mapping("namespaceSelector")
        return None if node is None else label_selector(node)

    @property
    def addresses(self) -> bool:
        """Whether it means addresses, or something that is not understood."""
        return self.pods is None and self.namespaces is None

    def may_be(self, graph: Graph, template: PodTemplate) -> bool:
        """Tell whether pods of a template may be among those that it means."""
        if self.addresses:
            return True
        own = template.owner.namespace
        if self.namespaces is None:
            if not fits(self.policy.namespace, own):
                return False
        elif not may_select_namespace(graph, self.namespaces, own):
            return False
        return self.pods is None or may_select(self.pods, template)


@dataclass(eq=False)
class TrafficRule:
    """One entry of ``ingress`` or ``egress``."""

    policy: NetworkPolicy
    node: Node
    direction: str

    @cached_property
    def peers(self) -> list[Peer]:
        """Whom it is about; none means everybody."""
        return [Peer(self.policy, node) for node in self.node.items_at(_PEERS[self.direction][1])]

    @cached_property
    def ports(self) -> list[PolicyPort]:
        """The ports it is about; none means all."""
        return [PolicyPort(node) for node in self.node.items_at("ports")]

    def may_allow(self, graph: Graph, other: PodTemplate, number: int | None, protocol: str) -> bool:
        """Tell whether it may let traffic through from or to pods of a template."""
        return self.may_use(number, protocol) and (
            not self.peers or any(peer.may_be(graph, other) for peer in self.peers)
        )

    def may_use(self, number: int | None, protocol: str) -> bool:
        """Tell whether a port may be one of its ports."""
        return not self.ports or any(port.may_match(number, protocol) for port in self.ports)


def directions(policy: NetworkPolicy) -> frozenset[str]:
    """Return the directions that a policy closes for the pods that it selects."""
    listed = [item.text for item in policy.root.items_at("spec", "policyTypes") if isinstance(item, Scalar)]
    if listed:
        return frozenset(listed)
    return frozenset({INGRESS, EGRESS} if policy.root.at("spec", "egress") is not None else {INGRESS})


def traffic_rules(policy: NetworkPolicy, direction: str) -> list[TrafficRule]:
    """Return what a policy allows in a direction."""
    return [TrafficRule(policy, node, direction) for node in policy.root.items_at("spec", _PEERS[direction][0])]


def may_select(selector: Selector, template: PodTemplate) -> bool:
    """Tell whether a selector may select pods of a template, labels that controllers add included."""
    return selector.opaque or all(
        requirement.key in INJECTED_LABELS or requirement.accepts(template.labels)
        for requirement in selector.requirements
    )


def surely_selects(selector: Selector, template: PodTemplate) -> bool:
    """Tell whether a selector selects the pods of a template for certain."""
    return (
        not selector.opaque
        and not any(value.opaque for value in template.labels.values())
        and not any(requirement.key in INJECTED_LABELS for requirement in selector.requirements)
        and selector.matches(template.labels)
    )


def other_policies(graph: Graph) -> bool:
    """Tell whether the repository has policies of another kind, which may let through what NetworkPolicies deny."""

    def search() -> bool:
        return any(
            item.kind.endswith("NetworkPolicy") and item.group != "networking.k8s.io" and item.group != "extensions"
            for item in graph.subjects(KubernetesObject)
        )

    return graph.once("policies of other kinds", search)


class Isolation(NamedTuple):
    """The policies that close a template's pods in a direction: those that do for certain, and all that may."""

    certain: tuple[NetworkPolicy, ...]
    possible: tuple[NetworkPolicy, ...]


def isolation(graph: Graph, template: PodTemplate, direction: str) -> Isolation:
    """Return the policies that bind the pods of a template; none for pods in the network of their node."""
    return graph.once(("isolation", id(template), direction), lambda: _isolation(graph, template, direction))


def _isolation(graph: Graph, template: PodTemplate, direction: str) -> Isolation:
    if template.host_network:
        return Isolation((), ())

    def make() -> SelectorIndex:
        return SelectorIndex(
            (policy, policy.selector)
            for policy in graph.subjects(NetworkPolicy)
            if policy.selector is not None and direction in directions(policy)
        )

    index = graph.once(("policies by label", direction), make)
    possible = [policy for policy in index.selecting(template) if isinstance(policy, NetworkPolicy)]
    graph.effort.spend(len(possible) * 3)
    certain = [
        policy
        for policy in possible
        if policy.selector is not None
        and surely_selects(policy.selector, template)
        and share_namespace(graph, policy, template.owner)
    ]
    return Isolation(tuple(certain), tuple(possible))


def denied(
    graph: Graph, template: PodTemplate, direction: str, other: PodTemplate, number: int | None, protocol: str
) -> tuple[NetworkPolicy, ...]:
    """Return the policies that deny pods of a template the traffic of a direction with other pods; none if it may pass.

    ``number`` is the port of the pod that answers, None where it is not known.
    """
    if other_policies(graph) or other.host_network:
        return ()
    bound = isolation(graph, template, direction)
    if not bound.certain or any(policy.unit.incomplete for policy in bound.possible):
        return ()
    graph.effort.spend(len(bound.possible) * 2)
    for policy in bound.possible:
        if any(rule.may_allow(graph, other, number, protocol) for rule in traffic_rules(policy, direction)):
            return ()
    return bound.certain


# -- namespaces --------------------------------------------------------------------------------------------------------


def namespace_labels(graph: Graph, name: str) -> list[dict[str, Scalar]]:
    """Return the labels of the Namespaces of a name that the repository holds, its well-known label left out."""

    def collect() -> dict[str, list[dict[str, Scalar]]]:
        found: dict[str, list[dict[str, Scalar]]] = {}
        for namespace in graph.subjects(Namespace):
            found.setdefault(namespace.name, []).append(namespace.labels)
        return found

    return graph.once("labels of namespaces", collect).get(name, [])


def may_select_namespace(graph: Graph, selector: Selector, name: str) -> bool:
    """Tell whether a selector may select a Namespace; one that no file holds may have any label but another's name."""
    if selector.opaque or not name:
        return True
    candidates: list[dict[str, Scalar] | None] = [*namespace_labels(graph, name)] or [None]
    return any(
        all(_may_accept(requirement, name, labels) for requirement in selector.requirements) for labels in candidates
    )


def _may_accept(requirement: Requirement, name: str, labels: dict[str, Scalar] | None) -> bool:
    if requirement.key == NAME_LABEL:
        listed = any(value.text == name for value in requirement.values)
        return {"In": listed, "NotIn": not listed, "Exists": True}.get(requirement.operator, False)
    return labels is None or requirement.accepts(labels)


# -- DNS ---------------------------------------------------------------------------------------------------------------


def may_ask_dns(graph: Graph, rule: TrafficRule) -> bool:
    """Tell whether an egress rule may let a pod reach the cluster's name service: port 53 over UDP.

    The service runs in ``kube-system`` on most clusters, or on the node at an address. So whatever is about addresses,
    about all, or about a Namespace that may be that one may reach it; so may pods that are not those of the repository.
    """
    if not rule.may_use(DNS_PORT, "UDP"):
        return False
    if not rule.peers:
        return True
    for peer in rule.peers:
        if peer.addresses or _names_a_resolver(peer):
            return True
        if peer.namespaces is not None and may_select_namespace(graph, peer.namespaces, SYSTEM_NAMESPACE):
            return True
        if peer.namespaces is None and peer.policy.namespace in ("", SYSTEM_NAMESPACE) and _reaches_all(peer):
            return True
    return False


def _reaches_all(peer: Peer) -> bool:
    return peer.pods is None or peer.pods.everything


def _names_a_resolver(peer: Peer) -> bool:
    """Tell whether a peer is about pods or a Namespace that bear DNS in a label: a resolver of another namespace."""
    selectors = (selector for selector in (peer.pods, peer.namespaces) if selector is not None)
    return any("dns" in value.text.lower() for selector in selectors for value in _values(selector))


def _values(selector: Selector) -> Iterator[Scalar]:
    for requirement in selector.requirements:
        yield from requirement.values
