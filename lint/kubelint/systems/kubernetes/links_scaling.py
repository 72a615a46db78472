"""What autoscalers refer to: the workloads that they scale, the objects that they measure, how they sign in."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.autoscaling import (
    ScaledJob,
    ScaledObject,
    VerticalPodAutoscaler,
    container_metrics,
    containers_of,
)
from kubelint.systems.kubernetes.model import CustomResource, HorizontalPodAutoscaler, KubernetesObject, Workload
from kubelint.systems.kubernetes.refer import SYSTEM, refer_to, refer_to_key, refer_to_part
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubernetes.resources import resources

#: Built-in kinds that make pods: looked up by the kind alone, for the version may differ from the target's own.
_WORKLOADS = frozenset(
    {"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "DaemonSet", "Job", "CronJob", "Pod"}
)
#: Containers that a mesh adds to pods.
_INJECTED_CONTAINERS = frozenset({"istio-proxy", "linkerd-proxy", "envoy", "consul-dataplane", "kuma-sidecar"})


def link_autoscaler(graph: Graph, autoscaler: HorizontalPodAutoscaler) -> None:
    """Resolve the workload that is scaled and the objects whose metrics are read."""
    if autoscaler.target is not None:
        _link_target(graph, "scales", autoscaler, autoscaler.target)
        _link_containers(graph, "scales", autoscaler, container_metrics(autoscaler))
    for metric in autoscaler.root.items_at("spec", "metrics"):
        described = metric.at("object", "describedObject") or metric.at("object", "target")
        if described is not None:
            _link_target(graph, "measures", autoscaler, described)


def _link_containers(graph: Graph, verb: str, autoscaler: KubernetesObject, names: Iterable[Scalar]) -> None:
    """Resolve the containers that an autoscaler names, where the workload, which ``verb`` leads to, is known."""
    for name in names:
        if name.text in _INJECTED_CONTAINERS:
            continue
        for reference in graph.outgoing(autoscaler, verb):
            workloads = [target for target in reference.targets if isinstance(target, Workload) and target.template]
            known: dict[str, Node] = {
                text: container.name or container.node
                for workload in workloads
                for text, container in containers_of(workload).items()
            }
            if known:
                wanted = Key(SYSTEM, "container", autoscaler.namespace, name.text)
                refer_to_part(
                    graph, "reads-container", autoscaler, name, wanted, workloads[0], known, detail=workloads[0]
                )


def link_scaled_object(graph: Graph, scaled: ScaledObject) -> None:
    """Resolve the workload that KEDA scales (a Deployment unless it says otherwise), and how its triggers sign in."""
    if scaled.target is not None:
        _link_target(graph, "scales", scaled, scaled.target, default_kind="Deployment")
    _link_triggers(graph, scaled)


def link_scaled_job(graph: Graph, scaled: ScaledJob) -> None:
    """Resolve how the triggers of a ScaledJob sign in."""
    _link_triggers(graph, scaled)


def link_vertical(graph: Graph, autoscaler: VerticalPodAutoscaler) -> None:
    """Resolve the workload whose requests are changed."""
    if autoscaler.target is not None:
        _link_target(graph, "sizes", autoscaler, autoscaler.target)
        policies = autoscaler.root.items_at("spec", "resourcePolicy", "containerPolicies")
        names = [name for policy in policies if (name := policy.scalar("containerName")) is not None]
        _link_containers(graph, "sizes", autoscaler, [name for name in names if name.text != "*"])


def link_trigger_authentication(graph: Graph, item: CustomResource) -> None:
    """Resolve the Secrets that a TriggerAuthentication reads; a ClusterTriggerAuthentication's are KEDA's own."""
    for entry in item.root.items_at("spec", "secretTargetRef"):
        reference = refer_to(graph, "signs-in-with", item, entry.scalar("name"), "Secret")
        refer_to_key(graph, reference, entry.scalar("key"))


def _link_target(
    graph: Graph, verb: str, source: KubernetesObject, target: Node, default_kind: str | None = None
) -> None:
    kind, name = target.text_at("kind") or default_kind, target.scalar("name")
    if kind is None or name is None:
        return
    # The version may differ from the target's own: the API server converts. Only the kind and the name must fit.
    group = (target.text_at("apiVersion") or "").rpartition("/")[0]
    builtin = kind in _WORKLOADS or (group, kind) in resources()
    refer_to(graph, verb, source, name, kind if builtin or not group else f"{kind}.{group}", detail=target)


def _link_triggers(graph: Graph, scaled: ScaledObject | ScaledJob) -> None:
    for trigger in scaled.triggers():
        reference = trigger.at("authenticationRef")
        if reference is None:
            continue
        kind = reference.text_at("kind") or "TriggerAuthentication"
        where = "" if kind == "ClusterTriggerAuthentication" else scaled.namespace
        refer_to(graph, "signs-in-by", scaled, reference.scalar("name"), f"{kind}.keda.sh", namespace=where)
