"""istio/backoff-exceeds-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import long_pauses


class BackoffExceedsTimeout(Rule[VirtualService]):
    """The pauses between tries may leave no time for all retries within the timeout of the route.

    ## Why
    Before each retry the proxy waits, and `backoff` is what that pause grows from. `timeout` ends the request with all
    its tries and pauses: with pauses of 2s and a timeout of 3s there is one retry, not three.

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
        timeout: 3s
        retries:
          attempts: 3
          backoff: 2s
    ```

    ## Stays silent when
    - the pauses fit, or the route has no `timeout`
    - `backoff` is not written down: the default of 25ms is short
    - a value is a placeholder

    ## Source
    Istio reference, "VirtualService", `HTTPRetry.backoff` (the example with three attempts, 2s and 3s); Envoy
    documentation, "Router" (back-off).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("backoff",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route whose pauses may not fit."""
        del graph
        for remark in long_pauses(subject):
            yield self.finding_of(remark, subject)
