"""kubernetes/aggregation-selects-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.labels import LabelSlip
from kubelint.systems.kubernetes.model import ClusterRole


class AggregationSelectsNothing(Rule[ClusterRole]):
    """An aggregated ClusterRole selects no ClusterRole, and a near miss shows which one was meant.

    ## Why
    The controller fills the rules of the role from those that its selectors select. With none the role stays empty,
    and whoever is bound to it may do nothing.

    ## Example
    ```yaml rbac.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: monitoring
    aggregationRule:
      clusterRoleSelectors:
      - matchLabels:
          shop.example.com/aggregate-to-monitoring: "true"
    rules: []
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: monitoring-endpoints
      labels:
        shop.example.com/aggregate-to-monitorin: "true"
    rules:
    - apiGroups: [""]
      resources: [services, endpoints, pods]
      verbs: [get, list, watch]
    ```

    ## Stays silent when
    - a ClusterRole of the repository has the labels
    - no ClusterRole of the same unit has labels near to those
    - the labels are those of the built-in roles (`rbac.authorization.k8s.io/aggregate-to-admin`, `-edit`, `-view`)

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "Aggregated ClusterRoles".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("aggregationRule",)

    def check(self, subject: ClusterRole, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for reference in graph.outgoing(subject, "aggregates"):
            if not reference.dangling:
                continue
            slip = reference.detail
            if not isinstance(slip, LabelSlip):
                continue
            yield self.finding(
                f"ClusterRole `{subject.name}` aggregates no role",
                slip.wanted,
                "no ClusterRole has this label",
                related=[
                    (slip.actual, f"ClusterRole `{candidate.name}` has this") for candidate in reference.candidates[:1]
                ],
                help="correct the selector or the label of the role",
                subject=subject,
            )
