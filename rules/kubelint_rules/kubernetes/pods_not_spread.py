"""kubernetes/pods-not-spread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Workload
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.scale import REPLICATED_KINDS, scale
from kubelint.systems.kubernetes.spreading import is_spread


class PodsNotSpread(Rule[PodTemplate]):
    """Nothing keeps the replicas of a workload off one and the same node.

    ## Why
    The scheduler spreads pods only as one of many scores, and a node that is drained, fails or runs out of memory takes
    all that stand on it. Replicas on one node do not help.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 3
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the template has a topology spread constraint, or a pod anti-affinity (required or preferred, by `matchLabels` or
      `matchExpressions`) whose selector means its own labels
    - one pod only runs: `replicas` is 1 or 0, or the autoscaler's maximum is. Where nothing says a number, somebody
      else may decide, so several are assumed
    - it is a DaemonSet, a Job or a bare Pod

    ## Source
    Kubernetes documentation, "Pod Topology Spread Constraints" and "Assigning Pods to Nodes", section "Inter-pod
    affinity and anti-affinity".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    @dataclass(frozen=True, slots=True)
    class Options:
        """For whom."""

        kinds: tuple[str, ...] = option(
            ("Deployment", "StatefulSet", "Rollout"),
            "Kinds of workloads that are looked at.",
            choices=sorted(REPLICATED_KINDS),
        )

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a workload of several pods that may all stand on one node."""
        owner = subject.owner
        if not isinstance(owner, Workload) or owner.kind not in self.options.kinds or is_spread(subject):
            return
        bounds = scale(graph, owner)
        if not bounds.several:
            return
        related = [] if bounds.node is None else [(bounds.node, "several pods are meant to run")]
        yield self.finding(
            f"nothing spreads the pods of {owner.kind} `{owner.name}` over nodes",
            owner.name_node or owner.node,
            "all of them may stand on one node",
            related=related,
            help="add `topologySpreadConstraints` over `kubernetes.io/hostname`, or a pod anti-affinity",
            subject=owner,
        )
