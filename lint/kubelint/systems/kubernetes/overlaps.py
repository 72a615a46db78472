"""Workloads that select each other's pods.

Source: Kubernetes documentation, "Deployments", "Selector": "Do not overlap labels or selectors with other
controllers"; "ReplicaSet", "Non-Template Pod acquisitions".
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.matching import pods
from kubelint.systems.kubernetes.model import CronJob, Job, Pod, Workload


def rival(graph: Graph, workload: Workload) -> Workload | None:
    """Return the first workload before this one in the unit with which it would share pods: each selects the other's.

    The others are not looked for: of thousands with the same labels each would look at all.
    """
    selector, template = workload.selector, workload.template
    if selector is None or template is None or selector.everything or selector.opaque or workload.unit.incomplete:
        return None
    if isinstance(workload, (Pod, Job, CronJob)):
        return None
    for other in pods(graph).within(selector, workload.namespace, workload.unit, graph.effort):
        owner = other.owner
        if owner is workload or not isinstance(owner, Workload) or isinstance(owner, (Pod, Job, CronJob)):
            continue
        if owner.namespace != workload.namespace or not together(graph, owner, workload):
            continue
        back = owner.selector
        if (
            back is not None
            and not back.opaque
            and not back.everything
            and back.matches(template.labels)
            and _before(owner, workload)
        ):
            return owner
    return None


def _before(one: Workload, other: Workload) -> bool:
    return one.root.span.key < other.root.span.key
