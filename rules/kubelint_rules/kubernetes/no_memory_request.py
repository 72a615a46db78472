"""kubernetes/no-memory-request."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.resource_requirements import requests


class NoMemoryRequest(Rule[Container]):
    """A container requests no memory, so its pod is the first to be evicted where memory runs short.

    ## Why
    The request decides where a pod fits and whose turn it is when a node runs out of memory: first the pods that use
    more than they requested. Whoever requested nothing always does.

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
    - a limit is set: the API server copies it into the request
    - the pod as a whole has requests, a LimitRange of the namespace fills them in, or a VerticalPodAutoscaler sets them
    - it is an init container that ends before the pod runs

    ## Source
    Kubernetes documentation, "Resource Management for Pods and Containers" and "Node-pressure Eviction".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container that runs as long as its pod and requests none."""
        if subject.long_running and not requests(graph, subject, "memory"):
            yield self.finding(
                f"container `{subject.label}` requests no memory",
                subject.name or subject.node,
                "no `resources.requests.memory`",
                help="set `resources.requests.memory` to what the container needs in normal use",
                subject=subject.owner,
            )
