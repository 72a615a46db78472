"""kubernetes/no-cpu-request."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.resource_requirements import requests


class NoCpuRequest(Rule[Container]):
    """A container requests no CPU, so the scheduler takes it for one that needs none.

    ## Why
    The request decides where a pod fits and which share of a busy CPU it gets. Without one it is put on full nodes and
    gets what the others leave; an autoscaler on CPU cannot work either.

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
    - a limit is set: the API server copies it into the request
    - the pod as a whole has requests, a LimitRange of the namespace fills them in, or a VerticalPodAutoscaler sets them
    - it is an init container that ends before the pod runs

    ## Source
    Kubernetes documentation, "Resource Management for Pods and Containers".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that runs as long as its pod and requests none."""
        if subject.long_running and not requests(graph, subject, "cpu"):
            yield self.finding(
                f"container `{subject.label}` requests no CPU",
                subject.name or subject.node,
                "no `resources.requests.cpu`",
                help="set `resources.requests.cpu` to what the container needs in normal use",
                subject=subject.owner,
            )
