"""How much of a ResourceQuota the objects of its namespace use, as far as the repository holds them.

What is counted is a lower bound: objects of other repositories, the surge of a rollout, Jobs and DaemonSets come on
top, and values that are only known later count as nothing.

Source: Kubernetes documentation, "Resource Quotas" (Compute, Storage and Object count quota).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import (
    KubernetesObject,
    PersistentVolumeClaim,
    Pod,
    Service,
    StatefulSet,
    Workload,
)
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.quantity import quantity, show_quantity
from kubelint.systems.kubernetes.quota import LIMITS, REQUESTS, Amounts, ResourceQuota, ranges_of
from kubelint.systems.kubernetes.scale import REPLICATED_KINDS, Scale, scale
from kubelint.systems.kubernetes.scope import by_namespace, share_namespace
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubernetes.resources import resources

_COUNTED = {
    "configmaps": "ConfigMap",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "replicationcontrollers": "ReplicationController",
    "resourcequotas": "ResourceQuota",
    "secrets": "Secret",
    "services": "Service",
}
_STORAGE_CLASS = ".storageclass.storage.k8s.io/"


class Use(NamedTuple):
    """What one object uses: for certain, and at most (with an autoscaler at its maximum); where that is written."""

    owner: KubernetesObject
    least: Fraction
    most: Fraction
    node: Node

    def words(self, key: str, *, certain: bool) -> str:
        """Return what it uses of a key, in words: for certain or at most."""
        amount = show_quantity(self.least if certain else self.most, key)
        return f"{self.owner.kind} `{self.owner.name}` needs {amount} in all"


@dataclass(slots=True)
class Usage:
    """What the objects of a namespace use of one key of a quota."""

    key: Scalar
    hard: Scalar
    allowed: Fraction
    uses: list[Use] = field(default_factory=list)

    @property
    def least(self) -> Fraction:
        """What they use for certain."""
        return sum((use.least for use in self.uses), Fraction(0))

    @property
    def most(self) -> Fraction:
        """What they use when every autoscaler is at its maximum."""
        return sum((use.most for use in self.uses), Fraction(0))


def usage(graph: Graph, quota: ResourceQuota) -> Iterator[Usage]:
    """Yield what is used of each key of a quota that can be counted."""
    members = _members(graph, quota)
    scoped = quota.root.at("spec", "scopes") is not None or quota.root.at("spec", "scopeSelector") is not None
    for key, hard in quota.hard():
        allowed = quantity(hard)
        if allowed is None:
            continue
        graph.effort.spend(len(members) * 12)
        uses = list(_pod_uses(graph, quota, members, key.text))
        if not uses and not scoped:
            uses = list(_object_uses(members, key.text))
        yield Usage(key, hard, allowed, uses)


def _members(graph: Graph, quota: ResourceQuota) -> list[KubernetesObject]:
    """Return the objects of a quota's namespace, each name of a kind once."""
    found: dict[tuple[str, str], KubernetesObject] = {}
    here = by_namespace(graph, KubernetesObject).get(quota.namespace, ())
    graph.effort.spend(len(here) * 2)
    for item in here:
        if not item.cluster_scoped and share_namespace(graph, quota, item):
            found.setdefault((item.key.kind, item.name), item)
    return list(found.values())


# -- pods --------------------------------------------------------------------------------------------------------------


def _pod_uses(graph: Graph, quota: ResourceQuota, members: list[KubernetesObject], key: str) -> Iterator[Use]:
    section, resource = _pod_key(key)
    if resource is None:
        return
    for item in members:
        if not isinstance(item, Workload) or item.template is None or item.template.spec.at("resources") is not None:
            continue
        if quota.counts(item.template) is not True or (item.kind not in REPLICATED_KINDS and not isinstance(item, Pod)):
            continue
        each, node = _each_pod(graph, item.template, section, resource)
        count = Scale(1, 1) if isinstance(item, Pod) else scale(graph, item)
        if each:
            least = each * (count.minimum or 0)
            yield Use(item, least, max(each * (count.maximum or 0), least), node)


def _pod_key(key: str) -> tuple[str, str | None]:
    """Return section and resource that a key of a quota sums over pods; ``pods`` counts them; None: another key."""
    if key in ("pods", "count/pods"):
        return "", "pods"
    if key in ("cpu", "memory", "ephemeral-storage"):
        return REQUESTS, key
    section, _, resource = key.partition(".")
    if section in (REQUESTS, LIMITS) and resource and key != "requests.storage":
        return section, resource
    return "", None


def _each_pod(graph: Graph, template: PodTemplate, section: str, resource: str) -> tuple[Fraction, Node]:
    """Return what one pod uses, and the node of its largest part."""
    at: Node = template.owner.name_node or template.spec
    if not section:
        return Fraction(1), at
    ranges = ranges_of(graph, template.owner)
    total, largest = Fraction(0), Fraction(0)
    for container in template.containers:
        amount = Amounts(container, ranges).get(section, resource) if container.long_running else None
        if amount is not None and amount.value is not None:
            total += amount.value
            if amount.value > largest and amount.filler is None:
                largest, at = amount.value, amount.node
    return total, at


# -- other objects -----------------------------------------------------------------------------------------------------


def _object_uses(members: list[KubernetesObject], key: str) -> Iterator[Use]:
    one = Fraction(1)
    kind = _counted_kind(key)
    for item in members:
        if (kind is not None and item.key.kind == kind) or (
            key == "services.loadbalancers" and isinstance(item, Service) and item.type == "LoadBalancer"
        ):
            yield Use(item, one, one, item.node)
        elif key == "services.nodeports" and isinstance(item, Service) and item.type == "NodePort":
            ports = Fraction(len(item.ports))
            yield Use(item, ports, ports, item.node)
    storage_class, _, rest = key.partition(_STORAGE_CLASS)
    wanted = storage_class if rest else None
    what = (rest or key).removeprefix("count/")
    if what in ("requests.storage", "persistentvolumeclaims"):
        yield from _claim_uses(members, wanted, count=what != "requests.storage")


def _counted_kind(key: str) -> str | None:
    """Return the kind whose objects a key counts; None where it counts none that are keyed by their kind alone."""
    if key.removeprefix("count/") == "persistentvolumeclaims":
        return None  # those of StatefulSets count as well
    if not key.startswith("count/"):
        return _COUNTED.get(key)
    plural, _, group = key.removeprefix("count/").partition(".")
    found = (known.kind for known in resources().values() if (known.plural, known.group) == (plural, group))
    return next(found, None)


def _claim_uses(members: list[KubernetesObject], storage_class: str | None, *, count: bool) -> Iterator[Use]:
    for item in members:
        if isinstance(item, PersistentVolumeClaim):
            yield from _claim_use(item, item.root, 1, storage_class, count=count)
        elif isinstance(item, StatefulSet):
            replicas = item.replicas
            number = 1 if replicas is None else int(replicas.text) if replicas.text.isdigit() else 0
            for template in item.root.items_at("spec", "volumeClaimTemplates"):
                yield from _claim_use(item, template, number, storage_class, count=count)


def _claim_use(
    item: KubernetesObject, claim: Node, number: int, storage_class: str | None, *, count: bool
) -> Iterator[Use]:
    if storage_class is not None and claim.text_at("spec", "storageClassName") != storage_class:
        return
    request = claim.at("spec", "resources", "requests", "storage")
    each = Fraction(1) if count else quantity(request)
    if each is not None and request is not None:
        yield Use(item, each * number, each * number, request)
