"""istio/workload-groups-alike."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.around import equal_groups
from kubelint.systems.istio.model import WorkloadGroup


class WorkloadGroupsAlike(Rule[WorkloadGroup]):
    """Two WorkloadGroups of a namespace have the same labels.

    ## Why
    Services, policies and subsets tell workloads apart by their labels. Machines of two groups with equal labels
    are one to them.

    ## Example
    ```yaml billing.yaml
    apiVersion: networking.istio.io/v1
    kind: WorkloadGroup
    metadata:
      name: billing-old
      namespace: billing
    spec:
      metadata:
        labels:
          app: billing
      template:
        serviceAccount: billing
    ---
    apiVersion: networking.istio.io/v1
    kind: WorkloadGroup
    metadata:
      name: billing-new
      namespace: billing
    spec:
      metadata:
        labels:
          app: billing
      template:
        serviceAccount: billing
    ```

    ## Stays silent when
    - the labels differ, or the groups are alternatives of each other

    ## Source
    Istio reference, "Workload Group".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: WorkloadGroup, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each group that is like another one."""
        for remark in equal_groups(graph, subject):
            yield self.finding_of(remark, subject)
