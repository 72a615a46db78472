"""kubernetes/quota-requirement-missing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.quota import lacking, quotas_of
from kubelint.words import joined


class QuotaRequirementMissing(Rule[PodTemplate]):
    """A container leaves out what a ResourceQuota of its namespace counts, so its pods are rejected.

    ## Why
    A quota on cpu or memory makes every container say how much it wants. A pod that does not is refused with 403; a
    Deployment shows it only in the events of its ReplicaSet, and runs no pod.

    ## Example
    ```yaml team.yaml
    apiVersion: v1
    kind: ResourceQuota
    metadata:
      name: compute
      namespace: team-a
    spec:
      hard:
        requests.cpu: "4"
        requests.memory: 8Gi
        limits.memory: 16Gi
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
              requests:
                cpu: 100m
                memory: 128Mi
    ```

    ## Stays silent when
    - a LimitRange that may be of the namespace fills it in, or a limit stands in for the request
    - a VerticalPodAutoscaler sets the requests
    - the quota has scopes that do not surely count these pods
    - the namespace of one of the two is not written down and they are not in one unit
    - the quota may belong to another cluster or stage

    ## Source
    Kubernetes documentation, "Resource Quotas", section "Enabling a Resource Quota" and "Compute Resource Quota".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    beside = ("ResourceQuota",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place where this holds."""
        owner = subject.owner
        if owner.unit.incomplete:
            return
        for quota in quotas_of(graph, owner):
            if quota.counts(subject) is not True:
                continue
            for container in subject.containers:
                missing = lacking(graph, quota, container)
                if not missing:
                    continue
                fields = list(dict.fromkeys(f"{section}.{resource}" for _, section, resource in missing))
                shown = joined([f"`{field}`" for field in fields], "and")
                yield self.finding(
                    f"ResourceQuota `{quota.name}` refuses the pods: container `{container.label}` has no {shown}",
                    container.name or container.node,
                    f"does not say {shown}",
                    related=[(key, "counted here, so every container must say it") for key, _, _ in missing],
                    path=(owner, quota),
                    help=f"set `resources.{fields[0]}`, or give the namespace a LimitRange with defaults",
                    subject=owner,
                )
