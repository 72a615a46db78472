"""kubernetes/budget-without-limit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import PodDisruptionBudget


class BudgetWithoutLimit(Rule[PodDisruptionBudget]):
    """A PodDisruptionBudget says neither how many pods must stay nor how many may go.

    ## Why
    Without `minAvailable` and `maxUnavailable` the controller expects no pods at all and allows no eviction of those
    that it finds: draining a node hangs.

    ## Example
    ```yaml budget.yaml
    apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
    ```

    ## Stays silent when
    - one of the two is set, or a placeholder stands for it

    ## Source
    Kubernetes documentation, "Specifying a Disruption Budget for your Application"; API reference,
    PodDisruptionBudgetSpec.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: PodDisruptionBudget, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where both are missing."""
        del graph
        spec = subject.root.mapping("spec")
        if spec is None or subject.unit.incomplete or any(key.opaque for key, _ in spec.entries):
            return
        if spec.scalar("minAvailable") is None and spec.scalar("maxUnavailable") is None:
            yield self.finding(
                f"PodDisruptionBudget `{subject.name}` has neither `minAvailable` nor `maxUnavailable`",
                subject.root.key("spec") or spec,
                "no pod can be evicted",
                help="add `maxUnavailable: 1`",
                subject=subject,
            )
