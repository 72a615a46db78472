"""istio/write-retried."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import replayed_writes


class WriteRetried(Rule[VirtualService]):
    """A route for `POST` or `PATCH` retries requests that may have been carried out already.

    ## Why
    With `5xx`, `gateway-error`, `reset` or `retriable-4xx` the proxy repeats a request that the server may have worked
    on: an order is placed twice when only its answer was lost.

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
      - match:
        - method:
            exact: POST
        route:
        - destination:
            host: reviews
        retries:
          attempts: 3
          retryOn: 5xx
      - route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - no `match` is about these methods
    - the conditions are about connections and refused requests, which the server has not seen

    ## Source
    Istio reference, "VirtualService", `HTTPRetry.retryOn`; RFC 9110, section 9.2.2 (idempotent methods).
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("retryOn",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route that may repeat a write."""
        del graph
        for remark in replayed_writes(subject):
            yield self.finding_of(remark, subject)
