"""kubernetes/budgets-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.model import PodDisruptionBudget
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.selecting import budgets_over


class BudgetsOverlap(Rule[PodTemplate]):
    """Two PodDisruptionBudgets cover the same pods, so that none of these pods can be evicted.

    ## Why
    The eviction API supports one budget for a pod. With two it answers with an error (`This pod has more than one
    PodDisruptionBudget`), and every drain of its node fails.

    ## Example
    ```yaml web.yaml
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: web
    spec:
      minAvailable: 1
      selector:
        matchLabels:
          app: web
    ---
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: shop
    spec:
      maxUnavailable: 1
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
    - the budgets are in different namespaces or units, in files that are alternatives of each other, or in a folder
      of examples
    - the selectors do not both match the labels of one pod template
    - a selector or a label is a placeholder

    ## Source
    Kubernetes documentation, "Specifying a Disruption Budget for your Application", section "Arbitrary workloads
    and arbitrary selectors"; "API-initiated Eviction".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    beside = ("PodDisruptionBudget",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where a second budget covers the pods."""
        owner = subject.owner
        if owner.unit.incomplete or any(value.opaque for value in subject.labels.values()):
            return
        found = [
            budget
            for budget in budgets_over(graph, subject)
            if isinstance(budget, PodDisruptionBudget)
            and budget.selector is not None
            and not budget.selector.opaque
            and budget.namespace == owner.namespace
            and together(graph, budget, owner)
        ]
        found.sort(key=lambda budget: budget.span.key)
        for position, budget in enumerate(found[1:], 1):
            other = next((each for each in found[:position] if together(graph, each, budget)), None)
            if other is None or budget.selector is None:
                continue
            yield self.finding(
                f"two PodDisruptionBudgets cover the pods of {owner.kind} `{owner.name}`",
                budget.selector.place,
                "with a second budget no pod of these can be evicted",
                related=[(other, f"`{other.name}` covers them already"), (owner, "these pods")],
                path=(budget, owner),
                help="keep one budget, or narrow the selectors",
                subject=budget,
            )
            return
