"""istio/repeated-destination."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import repeated_destinations


class RepeatedDestination(Rule[VirtualService]):
    """A route has the same destination twice: host, subset and port are equal.

    ## Why
    The requests are split between two names for the same pods. One of them was meant to be something else, most
    often another subset.

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
            host: reviews.default.svc.cluster.local
          weight: 80
        - destination:
            host: reviews.default.svc.cluster.local
          weight: 20
    ```

    ## Stays silent when
    - subset or port differ, or one of them is a placeholder

    ## Source
    Istio reference, "VirtualService", `HTTPRouteDestination`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each destination that was there before."""
        for remark in repeated_destinations(subject, mesh(graph)):
            yield self.finding_of(remark, subject)
