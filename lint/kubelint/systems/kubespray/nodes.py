"""The nodes that an inventory makes: their labels and taints, and which pods they take.

Source: kubespray, ``docs/ansible/vars.md`` (``node_labels``, ``node_taints``); Kubernetes documentation, "Assigning
Pods to Nodes" and "Taints and Tolerations".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubespray.entities import InventoryHost
from kubelint.systems.kubespray.model import Inventory
from kubelint.systems.kubespray.placement import CONTROL_PLANE, NODES
from kubelint.systems.kubespray.values import Variable
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

HOSTNAME = "kubernetes.io/hostname"
_MOST_NODES = 2_000
_BLOCKING = ("NoSchedule", "NoExecute")
#: The variables that say what is special about a node.
_DESCRIBING = frozenset({"node_labels", "node_taints"})
_OVERRIDE = "kube_override_hostname"
_CONTROL_PLANE, _MASTER = "node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"

T = TypeVar("T")


class Taint(NamedTuple):
    """A taint as written, ``key=value:Effect``; ``node`` is None for that of the control plane."""

    key: str
    value: str
    effect: str
    node: Scalar | None = None


@dataclass(slots=True, eq=False)
class ClusterNode:
    """A host of the cluster as Kubernetes will see it."""

    host: InventoryHost
    labels: dict[str, Scalar] = field(default_factory=dict)
    taints: list[Taint] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of the node."""
        return self.host.name


def clusters(graph: Graph) -> list[Inventory]:
    """Return the inventories of the repository that are those of a cluster."""
    return [inventory for inventory in graph.subjects(Inventory) if inventory.is_somebodys_cluster]


def agreed(graph: Graph, fact: Callable[[Inventory], T | None]) -> T | None:
    """Return what all clusters of the repository have in common; None where one differs or does not know."""
    found = [fact(inventory) for inventory in clusters(graph)]
    return found[0] if found and all(one == found[0] for one in found) else None


def cluster_nodes(graph: Graph) -> list[ClusterNode] | None:
    """Return the nodes of the only cluster of the repository; None where there are several, or not all is known."""

    def collect() -> list[ClusterNode] | None:
        found = clusters(graph)
        return _nodes(found[0]) if len(found) == 1 else None

    return graph.once("kubespray nodes", collect)


def _nodes(inventory: Inventory) -> list[ClusterNode] | None:
    hosts = inventory.cluster_hosts
    workers, control_plane = inventory.hosts_of(NODES), inventory.hosts_of(CONTROL_PLANE)
    if not hosts or not workers or control_plane is None or len(hosts) > _MOST_NODES:
        return None
    if inventory.variables_incomplete or inventory.siblings or _OVERRIDE in inventory.assigned:
        return None
    if any(not _DESCRIBING.isdisjoint(near) for near in inventory.misspelt.values()):
        return None
    described = bool(_DESCRIBING & inventory.assigned.keys())
    nodes: list[ClusterNode] = []
    by_groups: dict[frozenset[str], dict[str, Variable]] = {}
    for name in inventory.hosts:
        if name not in workers and name not in control_plane:
            continue
        node = ClusterNode(inventory.hosts[name])
        if described and not _describe(inventory, node, by_groups):
            return None
        if name not in workers:
            node.taints.append(Taint(_CONTROL_PLANE, "", "NoSchedule"))
        nodes.append(node)
    return nodes


def _describe(inventory: Inventory, node: ClusterNode, by_groups: dict[frozenset[str], dict[str, Variable]]) -> bool:
    """Give a node its labels and taints; False where they are not known."""
    groups = frozenset({entry.group for entry in node.host.entries} | set(inventory.cluster_groups))
    if groups not in by_groups:
        by_groups[groups] = inventory.group_variables(*groups)
    for name, read in (("node_labels", _read_labels), ("node_taints", _read_taints)):
        variable = node.host.variable(name) or by_groups[groups].get(name)
        if variable is not None and not variable.is_empty and not read(node, variable.value):
            return False
    return True


def _read_labels(node: ClusterNode, value: Node) -> bool:
    if not isinstance(value, Mapping):
        return False
    for key, label in value.pairs():
        if not isinstance(label, Scalar) or label.opaque or key.opaque:
            return False
        node.labels[key.text] = label
    return True


def _read_taints(node: ClusterNode, value: Node) -> bool:
    if not isinstance(value, Sequence):
        return False
    for item in value.items():
        if not isinstance(item, Scalar) or item.opaque:
            return False
        pair, _, effect = item.text.rpartition(":")
        key, _, text = pair.partition("=")
        node.taints.append(Taint(key, text, effect, item))
    return True


def tolerates(template: PodTemplate, taint: Taint) -> bool:
    """Tell whether the pods of a template may run in spite of a taint; one that is not known may."""
    node = template.spec.at("tolerations")
    if node is not None and not isinstance(node, Sequence):
        return True
    if taint.effect not in _BLOCKING:
        return True
    # Before Kubernetes 1.25 the control plane had the taint under its old name.
    taints = [taint] if taint.node is not None else [taint, taint._replace(key=_MASTER)]
    return any(_fits(entry, one) for entry in template.spec.items_at("tolerations") for one in taints)


def _fits(toleration: Node, taint: Taint) -> bool:
    parts = [toleration.scalar(name) for name in ("key", "operator", "value", "effect")]
    if not isinstance(toleration, Mapping) or any(part is not None and part.opaque for part in parts):
        return True
    key, operator, value, effect = ("" if part is None else part.text for part in parts)
    if effect and effect != taint.effect:
        return False
    if operator == "Exists":
        return key in ("", taint.key)
    return key == taint.key and value == taint.value


def refused(template: PodTemplate, node: ClusterNode) -> Taint | None:
    """Return a taint of a node that keeps the pods of a template away; None where they may run there."""
    return next((taint for taint in node.taints if not tolerates(template, taint)), None)


def selected(template: PodTemplate, nodes: list[ClusterNode]) -> list[ClusterNode] | None:
    """Return the nodes that the ``nodeSelector`` of a template means; None where a label is not the inventory's."""
    if template.spec.at("affinity", "nodeAffinity") is not None or template.spec.at("nodeName") is not None:
        return None
    found = nodes
    for key, value in template.spec.pairs_at("nodeSelector"):
        if not isinstance(value, Scalar) or value.opaque:
            return None
        found = [node for node in found if label_of(node, key.text) == value.text]
        if not found:
            return None
    return found


def label_of(node: ClusterNode, key: str) -> str | None:
    """Return the value of a node's label; None where the inventory does not give it one."""
    if key == HOSTNAME:
        return node.name
    if key == "kubernetes.io/os":
        return "linux"
    label = node.labels.get(key)
    return None if label is None else label.text


def wanted_labels(template: PodTemplate) -> Iterator[tuple[Scalar, tuple[Scalar, ...]]]:
    """Yield the labels that a template requires of nodes: the key and the values that do (none: any)."""
    for key, value in template.spec.pairs_at("nodeSelector"):
        if isinstance(value, Scalar):
            yield key, (value,)
    path = ("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
    for term in template.spec.items_at(*path):
        for expression in term.items_at("matchExpressions"):
            name, operator = expression.scalar("key"), expression.text_at("operator")
            values = tuple(item for item in expression.items_at("values") if isinstance(item, Scalar))
            if name is not None and ((operator == "In" and values) or operator == "Exists"):
                yield name, values if operator == "In" else ()
