"""kubernetes/budget-blocks-eviction."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.budgets import allowance, forbids_all
from kubelint.systems.kubernetes.model import PodDisruptionBudget


class BudgetBlocksEviction(Rule[PodDisruptionBudget]):
    """A PodDisruptionBudget asks for as many pods as there are, so that none can be evicted.

    ## Why
    While as many pods must be available as run, or none may be gone (`maxUnavailable: 0`), no drain of a node ends:
    upgrades of the cluster hang until somebody deletes the budget or the pod.

    ## Example
    ```yaml web.yaml
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: web
    spec:
      minAvailable: 3
      selector:
        matchLabels:
          app: web
    ---
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
    - more pods run than are asked for; a percentage is rounded up: 90% of 3 pods are 3
    - an autoscaler's minimum is higher than what is asked for
    - `replicas` is not set, so that somebody else decides, or 0, or only known later (unless the budget says
      `maxUnavailable: 0` or `minAvailable: 100%`)
    - the budget covers pods of other kinds, such as a DaemonSet or a custom resource

    ## Source
    Kubernetes documentation, "Specifying a Disruption Budget for your Application"; "Disruptions".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: PodDisruptionBudget, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the fewest pods that run must all stay; a note for a single one."""
        node = forbids_all(subject)
        if node is not None:
            yield self.finding(
                f"PodDisruptionBudget `{subject.name}` lets no pod be evicted",
                node,
                "however many pods run",
                help="set `maxUnavailable: 1`",
                subject=subject,
            )
            return
        found = allowance(graph, subject)
        if found is None or found.allowed > 0:
            return
        share = f", which {found.node.text} rounds up to" if found.node.text.endswith("%") else ""
        related = []
        for each, its in found.workloads[:3]:
            number = its.minimum
            by = "runs" if its.scaler is None else "runs at least"
            related.append((its.node or each, f"{each.kind} `{each.name}` {by} {number}"))
        single = found.pods == 1
        yield self.finding(
            f"PodDisruptionBudget `{subject.name}` lets no pod be evicted",
            found.node,
            f"all of the {found.pods} pods must stay{share}" if not single else "the only pod must stay",
            related=related,
            path=(subject, found.workloads[0][0]),
            help="run more pods, or set `maxUnavailable: 1`",
            severity=Severity.INFO if single else None,
            subject=subject,
        )
