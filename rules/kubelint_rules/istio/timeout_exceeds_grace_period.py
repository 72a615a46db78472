"""istio/timeout-exceeds-grace-period."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import slow_shutdowns


class TimeoutExceedsGracePeriod(Rule[VirtualService]):
    """A request may take longer than a pod of its server gets to end.

    ## Why
    In a rollout a pod is killed `terminationGracePeriodSeconds` after it was told to end, 30 unless set. A request
    that the timeout still allows is cut then.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
        timeout: 60s
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
    spec:
      selector:
        matchLabels:
          app: reviews
      template:
        metadata:
          labels:
            app: reviews
        spec:
          containers:
          - name: reviews
            image: registry.example.com/shop/reviews:2.4.1
    ```

    ## Stays silent when
    - the grace period is as long as the timeout
    - the workload is not known in the repository

    ## Source
    API reference, PodSpec: `terminationGracePeriodSeconds`; Istio reference, "VirtualService", `HTTPRoute.timeout`.
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout that a rollout may cut."""
        for remark in slow_shutdowns(graph, subject):
            yield self.finding_of(remark, subject)
