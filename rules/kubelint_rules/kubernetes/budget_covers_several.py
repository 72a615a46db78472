"""kubernetes/budget-covers-several."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.budgets import covered
from kubelint.systems.kubernetes.model import PodDisruptionBudget

_SEVERAL = 2
#: Labels that tell the versions of one thing apart.
_VERSION_LABELS = frozenset({"version", "track", "release", "app.kubernetes.io/version", "slot", "color", "variant"})


class BudgetCoversSeveral(Rule[PodDisruptionBudget]):
    """A PodDisruptionBudget covers the pods of several workloads together.

    ## Why
    The number counts over all of them: every pod of one workload may be evicted at once as long as enough pods of
    the others stay.

    ## Example
    ```yaml web.yaml
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: shop
    spec:
      minAvailable: 2
      selector:
        matchLabels:
          app: shop
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
      selector:
        matchLabels:
          app: shop
          tier: web
      template:
        metadata:
          labels:
            app: shop
            tier: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: api
    spec:
      replicas: 2
      selector:
        matchLabels:
          app: shop
          tier: api
      template:
        metadata:
          labels:
            app: shop
            tier: api
        spec:
          containers:
          - name: api
            image: nginx:1.27
    ```

    ## Stays silent when
    - the workloads are versions of one thing: their labels differ in `version` or `track` only
    - the workloads are alternatives of each other

    ## Source
    Kubernetes documentation, "Specifying a Disruption Budget for your Application", section "Arbitrary workloads
    and arbitrary selectors".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: PodDisruptionBudget, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where a budget counts the pods of several workloads as one set."""
        workloads = covered(graph, subject)
        if len(workloads) < _SEVERAL or subject.selector is None:
            return
        labels = [
            {key: value.text for key, value in each.template.labels.items() if key not in _VERSION_LABELS}
            for each in workloads
            if each.template is not None
        ]
        if all(other == labels[0] for other in labels):
            return
        yield self.finding(
            f"PodDisruptionBudget `{subject.name}` covers {len(workloads)} workloads together",
            subject.selector.place,
            "all of their pods are counted as one set",
            related=[(each, f"{each.kind} `{each.name}`") for each in workloads[:4]],
            path=(subject, *workloads[:2]),
            help="make a budget for each workload",
            subject=subject,
        )
