"""istio/group-account-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.around import group_accounts
from kubelint.systems.istio.model import WorkloadGroup


class GroupAccountNotFound(Rule[WorkloadGroup]):
    """A WorkloadGroup names a ServiceAccount that does not exist under this name.

    ## Why
    The machines of the group get their identity from the account. Without it they cannot join the mesh.

    ## Example
    ```yaml billing.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: billing-vm
      namespace: billing
    ---
    apiVersion: networking.istio.io/v1
    kind: WorkloadGroup
    metadata:
      name: billing
      namespace: billing
    spec:
      metadata:
        labels:
          app: billing
      template:
        serviceAccount: biling-vm
    ```

    ## Stays silent when
    - nothing near exists: the account may live elsewhere

    ## Source
    Istio reference, "Workload Group", field `template`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("serviceAccount",)

    def check(self, subject: WorkloadGroup, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each account that does not exist."""
        for remark in group_accounts(graph, subject):
            yield self.finding_of(remark, subject)
