"""kubernetes/outside-limit-range."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.limits import breaches
from kubelint.systems.kubernetes.model import KubernetesObject


class OutsideLimitRange(Rule[KubernetesObject]):
    """A container, pod or claim is outside the bounds of a LimitRange of its namespace, so it is rejected.

    ## Why
    The API server compares each new pod and claim with the LimitRanges of its namespace, after it has filled in their
    defaults. What is outside is refused with 403; a Deployment shows it only in the events of its ReplicaSet.

    ## Example
    ```yaml team.yaml
    apiVersion: v1
    kind: LimitRange
    metadata:
      name: bounds
      namespace: team-a
    spec:
      limits:
      - type: Container
        max:
          memory: 1Gi
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: team-a
    spec:
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
            image: registry.example.com/shop/web:1.4.2
            resources:
              limits:
                memory: 2Gi
    ```

    ## Stays silent when
    - a value is a placeholder
    - the LimitRange fills in what is left out
    - the namespace of one of the two is not written down and they are not in one unit
    - the LimitRange may belong to another cluster or stage

    ## Source
    Kubernetes documentation, "Limit Ranges"; API reference, LimitRangeItem.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    beside = ("LimitRange",)
    keys = ("containers", "initContainers", "ephemeralContainers", "storage")

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for breach in breaches(graph, subject):
            yield self.finding(
                breach.headline,
                breach.node,
                breach.label,
                related=[(breach.bound, "the bound is set here")],
                path=(subject, breach.limit_range),
                help=breach.help,
                subject=subject,
            )
