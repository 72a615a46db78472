"""istio/abort-not-retried."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_faults import aborted_retries


class AbortNotRetried(Rule[VirtualService]):
    """A route injects an abort and has retries, but the retries do not act on the abort.

    ## Why
    The caller's proxy answers an injected abort itself, before it routes the request, and timeout and retries belong
    to the routing. So the caller sees every abort, and the retries are not tested at all. They are by an abort further
    down.

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
        fault:
          abort:
            httpStatus: 503
            percentage:
              value: 50
        retries:
          attempts: 3
          retryOn: 5xx
    ```

    ## Stays silent when
    - the abort is for no request
    - the route does not write down retries

    ## Source
    Istio reference, "VirtualService", `HTTPRoute.fault`: timeouts or retries are not enabled when faults are enabled
    on the client side.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("abort",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route with both."""
        del graph
        for remark in aborted_retries(subject):
            yield self.finding_of(remark, subject)
