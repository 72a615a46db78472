"""kubernetes/no-memory-limit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.resource_requirements import limits


class NoMemoryLimit(Rule[Container]):
    """A container has no memory limit: a leak takes the memory of the whole node.

    ## Why
    Memory cannot be taken back from a process. Without a limit a container that leaks grows until the node is short,
    and then others are evicted or killed with it.

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
                memory: 64Mi
    ```

    ## Stays silent when
    - the pod as a whole has a limit, or a LimitRange of the namespace fills one in
    - it is an init container that ends before the pod runs

    ## Source
    Kubernetes documentation, "Resource Management for Pods and Containers", section "How Kubernetes applies resource
    requests and limits".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that runs as long as its pod and has no limit."""
        if subject.long_running and not limits(graph, subject, "memory"):
            yield self.finding(
                f"container `{subject.label}` has no memory limit",
                subject.name or subject.node,
                "no `resources.limits.memory`",
                help="set `resources.limits.memory`",
                subject=subject.owner,
            )
