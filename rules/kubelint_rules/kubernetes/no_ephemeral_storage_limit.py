"""kubernetes/no-ephemeral-storage-limit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.resource_requirements import limits


class NoEphemeralStorageLimit(Rule[Container]):
    """A container has no limit on local storage: its logs and temporary files may fill the node's disk.

    ## Why
    Logs, `emptyDir` volumes and what a process writes into its own file system share the node's disk. When it fills up,
    the kubelet evicts pods of the node, and not only the one that wrote.

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
              limits:
                memory: 64Mi
    ```

    ## Stays silent when
    - a LimitRange of the namespace fills the limit in
    - it is an init container that ends before the pod runs

    ## Source
    Kubernetes documentation, "Local ephemeral storage".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that runs as long as its pod and has no limit."""
        if subject.long_running and not limits(graph, subject, "ephemeral-storage"):
            yield self.finding(
                f"container `{subject.label}` has no limit on local storage",
                subject.name or subject.node,
                "no `resources.limits.ephemeral-storage`",
                help="set `resources.limits.ephemeral-storage`, and a request",
                subject=subject.owner,
            )
