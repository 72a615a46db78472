"""kubernetes/no-cpu-limit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.resource_requirements import limits


class NoCpuLimit(Rule[Container]):
    """A container has no CPU limit and may use all that is idle on its node.

    ## Why
    Some want every container to have the same CPU at all times, so that load tests hold and a bill can be shared; that
    takes limits. Others leave them out on purpose: a limit slows a container down while CPUs stand idle, and requests
    already share a busy node fairly. This rule is for the former.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      replicas: 2
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
            resources:
              requests:
                cpu: 50m
    ```

    ## Stays silent when
    - the pod as a whole has a limit, or a LimitRange of the namespace fills one in
    - it is an init container that ends before the pod runs

    ## Source
    Kubernetes documentation, "Resource Management for Pods and Containers".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that runs as long as its pod and has no limit."""
        if subject.long_running and not limits(graph, subject, "cpu"):
            yield self.finding(
                f"container `{subject.label}` has no CPU limit",
                subject.name or subject.node,
                "no `resources.limits.cpu`",
                help="set `resources.limits.cpu`",
                subject=subject.owner,
            )
