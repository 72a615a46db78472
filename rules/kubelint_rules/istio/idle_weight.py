"""istio/idle-weight."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import idle_weights


class IdleWeight(Rule[VirtualService]):
    """The only destination of a route has a weight below 100, and gets all requests nevertheless.

    ## Why
    Weights are shares of their sum. With one destination the share is everything; the rest of the requests goes
    nowhere else, so the destination that should get it is missing.

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
          weight: 10
    ```

    ## Stays silent when
    - the weight is 100 or 0, or there are several destinations

    ## Source
    Istio reference, "VirtualService", `HTTPRouteDestination.weight`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("weight",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each weight that does nothing."""
        del graph
        for remark in idle_weights(subject):
            yield self.finding_of(remark, subject)
