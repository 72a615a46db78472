"""kubernetes/selectors-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Workload
from kubelint.systems.kubernetes.overlaps import rival


class SelectorsOverlap(Rule[Workload]):
    """Two workloads of one namespace select each other's pods.

    ## Why
    Each controller counts the pods that its selector matches. With overlapping selectors they count each other's,
    or take them over: the numbers never settle, and deleting one may take the pods of the other.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: shop
      template:
        metadata:
          labels:
            app: shop
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: worker
    spec:
      selector:
        matchLabels:
          app: shop
      template:
        metadata:
          labels:
            app: shop
        spec:
          containers:
          - name: worker
            image: nginx:1.27
    ```

    ## Stays silent when
    - the selectors differ in a label that the other template does not have, as `version` in a canary
    - the workloads are in different namespaces or units, in files that are alternatives of each other, or in a
      folder of examples
    - one of the two is a Job, which makes a selector of its own
    - a label or a selector is a placeholder

    ## Source
    Kubernetes documentation, "Deployments", section "Selector"; "ReplicaSet", section "Non-Template Pod
    acquisitions".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the first workload that shares its pods with this one."""
        other = rival(graph, subject)
        if other is not None:
            yield self.finding(
                f"{subject.kind} `{subject.name}` and {other.kind} `{other.name}` select each other's pods",
                subject.selector.place if subject.selector is not None else subject,
                f"matches the pods of {other.kind} `{other.name}`",
                related=[
                    (
                        other.selector.place if other.selector is not None else other,
                        f"matches the pods of {subject.kind} `{subject.name}`",
                    )
                ],
                path=(subject, other),
                help="add a label to selector and template that only this workload has",
                subject=subject,
            )
