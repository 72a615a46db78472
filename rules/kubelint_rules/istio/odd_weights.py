"""istio/odd-weights."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import odd_weights


class OddWeights(Rule[VirtualService]):
    """The weights of a route nearly add up to 100, but do not.

    ## Why
    Istio takes weights as shares of their sum, so nothing is refused: with 90 and 20 the second destination gets 18
    % of the requests, not 20 %. A sum of 110 or 95 is most often a number that was forgotten in the last change.

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
          weight: 90
        - destination:
            host: reviews-next
          weight: 20
    ```

    ## Stays silent when
    - the sum is far from 100 (`1` and `3`): then shares are meant
    - a weight is a placeholder

    ## Source
    Istio reference, "VirtualService", `HTTPRouteDestination.weight`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("weight",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route whose weights nearly add up to 100."""
        del graph
        for remark in odd_weights(subject):
            yield self.finding_of(remark, subject)
