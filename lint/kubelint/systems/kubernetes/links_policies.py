"""Whom the peers of NetworkPolicies mean: pods of the own namespace, and Namespaces."""

from __future__ import annotations

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.kubernetes import matching
from kubelint.systems.kubernetes.labels import select_labelled
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace, NetworkPolicy
from kubelint.systems.kubernetes.policy import EGRESS, INGRESS, NAME_LABEL, Peer, traffic_rules
from kubelint.systems.kubernetes.refer import SYSTEM, WELL_KNOWN
from kubelint.systems.kubernetes.selectors import Labels, Selector
from kubelint.tree.node import Scalar


def link_policy(graph: Graph, policy: NetworkPolicy) -> None:
    """Resolve the selectors of all peers of a policy."""
    for direction in (INGRESS, EGRESS):
        for rule in traffic_rules(policy, direction):
            for peer in rule.peers:
                _link_peer(graph, policy, peer)


def _link_peer(graph: Graph, policy: NetworkPolicy, peer: Peer) -> None:
    if peer.namespaces is not None:
        if not peer.namespaces.everything:
            _link_namespaces(graph, policy, peer.namespaces)
    elif peer.pods is not None and not peer.pods.everything:
        matching.select_pods(graph, "admits", policy, peer.pods, kinship=False)


def _link_namespaces(graph: Graph, policy: NetworkPolicy, selector: Selector) -> None:
    wanted = Key(SYSTEM, "Namespace", "", str(selector))
    for key, value, _ in selector.equalities():
        if key != NAME_LABEL or value.opaque:
            continue
        if value.text in WELL_KNOWN["Namespace"] or value.text in _used(graph):
            graph.add_reference(Reference("admits-namespace", policy, selector.node, wanted, Resolution.EXTERNAL))
            return
        if not any(namespace.name == value.text for namespace in graph.subjects(Namespace)):
            meant = nearest(value.text, WELL_KNOWN["Namespace"] - {"default"})
            if meant:  # such as `kube-sytem`: the one that is meant stands in no file
                near = Reference("admits-namespace", policy, value, wanted, Resolution.NEAR_MISS, detail=meant[0])
                graph.add_reference(near)
                return
    select_labelled(graph, "admits-namespace", policy, selector, wanted, _namespaces(graph))


def _namespaces(graph: Graph) -> list[tuple[KubernetesObject, Labels]]:
    return graph.once(
        "namespaces with labels",
        lambda: [(namespace, _labels(namespace)) for namespace in graph.subjects(Namespace)],
    )


def _labels(namespace: Namespace) -> Labels:
    """Return the labels of a Namespace with the one that the API server sets: its name."""
    name = namespace.name_node
    return namespace.labels if name is None else {**namespace.labels, NAME_LABEL: name}


def _used(graph: Graph) -> frozenset[str]:
    """Return the namespaces that objects of the repository are in."""
    return graph.once(
        "namespaces in use",
        lambda: frozenset(
            node.text
            for item in graph.subjects(KubernetesObject)
            if isinstance(node := item.namespace_node, Scalar) and not node.opaque
        ),
    )
