"""kubernetes/quota-exceeded."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.quantity import show_quantity
from kubelint.systems.kubernetes.quota import ResourceQuota
from kubelint.systems.kubernetes.quota_usage import usage


class QuotaExceeded(Rule[ResourceQuota]):
    """The objects of a namespace need more than its ResourceQuota allows, so some pods never start.

    ## Why
    The API server refuses whatever would go over the quota. The last pods of a rollout, or those that an autoscaler
    asks for under load, are not created; only events say so.

    ## Example
    ```yaml team.yaml
    apiVersion: v1
    kind: ResourceQuota
    metadata:
      name: compute
      namespace: team-a
    spec:
      hard:
        requests.cpu: "1"
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
      namespace: team-a
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
            image: registry.example.com/shop/web:1.4.2
            resources:
              requests:
                cpu: 500m
                memory: 128Mi
    ```

    ## Stays silent when
    - the sum of what is written down stays below: DaemonSets, Jobs, rollouts and other repositories are not counted
    - values are placeholders
    - objects may belong to another cluster or stage than the quota

    ## Source
    Kubernetes documentation, "Resource Quotas".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ResourceQuota, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        for use in usage(graph, subject):
            certain = use.least > use.allowed
            if not certain and use.most <= use.allowed:
                continue
            needed = show_quantity(use.least if certain else use.most, use.key.text)
            largest = sorted(use.uses, key=lambda each: each.least if certain else each.most, reverse=True)[:4]
            yield self.finding(
                f"namespace `{subject.namespace or 'default'}` needs {needed} of `{use.key.text}`"
                + ("" if certain else " at full scale")
                + f", its quota is {use.hard.text}",
                use.hard,
                "less than what is written down" if certain else "less than the autoscalers may ask for",
                related=[(each.node, each.words(use.key.text, certain=certain)) for each in largest],
                path=(subject, *(each.owner for each in largest[:1])),
                help="raise the quota, or lower requests, replicas or the maximum of an autoscaler",
                severity=None if certain else Severity.WARNING,
                subject=subject,
            )
