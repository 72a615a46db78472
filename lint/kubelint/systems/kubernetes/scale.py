"""How many pods a workload runs: its own ``replicas``, or the bounds of what scales it.

Source: API reference, Deployment (`replicas` defaults to 1) and HorizontalPodAutoscaler (`minReplicas` defaults to 1);
KEDA documentation, "ScaledObject specification" (`minReplicaCount` defaults to 0, `maxReplicaCount` to 100).
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import HorizontalPodAutoscaler, KubernetesObject, Workload
from kubelint.tree.node import Scalar

#: Kinds of which several equal pods serve the same purpose.
REPLICATED_KINDS = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"})


class Scale(NamedTuple):
    """The bounds of a workload's number of pods; None where a bound is only known later.

    ``scaler`` is the autoscaler that decides (None: the workload itself); ``node`` where the lower bound is written
    down (None: nowhere, so that it is the default).
    """

    minimum: int | None
    maximum: int | None
    node: Scalar | None = None
    scaler: KubernetesObject | None = None

    @property
    def several(self) -> bool:
        """Whether more than one pod may run at a time, as far as anybody has said.

        A number that is written nowhere does not say that there is one pod: who leaves it out lets somebody else
        decide, such as an autoscaler that lives elsewhere.
        """
        if self.scaler is None and self.node is None:
            return True
        return self.maximum is None or self.maximum > 1


def scale(graph: Graph, workload: Workload) -> Scale:
    """Return the bounds of a workload's number of pods; with several autoscalers, those of the first."""
    for scaler in autoscalers(graph, workload):
        low, high, least = _bound_names(scaler)
        node = scaler.root.scalar("spec", low)
        return Scale(_number(node, least), _number(scaler.root.scalar("spec", high), None), node, scaler)
    node = workload.replicas
    count = _number(node, 1)
    return Scale(count, count, node)


def autoscalers(graph: Graph, workload: Workload) -> list[KubernetesObject]:
    """Return the objects that change a workload's number of pods: HorizontalPodAutoscalers and KEDA's ScaledObjects."""
    return [
        reference.source
        for reference in graph.incoming(workload, "scales")
        if isinstance(reference.source, KubernetesObject)
    ]


def _bound_names(scaler: KubernetesObject) -> tuple[str, str, int]:
    if isinstance(scaler, HorizontalPodAutoscaler):
        return "minReplicas", "maxReplicas", 1
    return "minReplicaCount", "maxReplicaCount", 0


def _number(node: Scalar | None, default: int | None) -> int | None:
    if node is None:
        return default
    return int(node.text) if node.text.isascii() and node.text.isdigit() and len(node.text) < 10 else None
