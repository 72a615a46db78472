"""kubernetes/no-disruption-budget."""

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
from kubelint.systems.kubernetes.selecting import budgets_over


class NoDisruptionBudget(Rule[PodTemplate]):
    """No PodDisruptionBudget covers the pods of a workload that runs several.

    ## Why
    A drain evicts all pods of a node at once, and two nodes drained together may take all replicas. Only a budget makes
    the eviction wait.

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
    - a budget anywhere in the repository selects the pods by their labels, `matchExpressions` and an empty selector
      included, in a namespace that can be theirs
    - there is one pod only: `replicas` is 1 or 0, or the autoscaler's maximum is. Where nothing says a number, somebody
      else may decide: then the finding is an information only
    - it is a DaemonSet (drains leave those alone), a Job or a bare Pod
    - a part of the unit could not be read: the budget may stand there

    ## Source
    Kubernetes documentation, "Specifying a Disruption Budget for your Application"; API reference,
    PodDisruptionBudgetSpec.
    """

    severity = Severity.WARNING
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
        """Yield a finding for a workload of several pods without budget."""
        owner = subject.owner
        if not isinstance(owner, Workload) or owner.kind not in self.options.kinds or owner.unit.incomplete:
            return
        bounds = scale(graph, owner)
        if not bounds.several or budgets_over(graph, subject):
            return
        stated = bounds.node is not None or bounds.scaler is not None
        related = [] if bounds.node is None else [(bounds.node, "several pods are meant to run")]
        yield self.finding(
            f"no PodDisruptionBudget covers the pods of {owner.kind} `{owner.name}`",
            owner.name_node or owner.node,
            "a drain may evict all of them together",
            related=related,
            help="add a PodDisruptionBudget that selects the labels of the pod template",
            severity=Severity.WARNING if stated else Severity.INFO,
            subject=owner,
        )
