"""istio/hanging-try-not-retried."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import hanging_tries


class HangingTryNotRetried(Rule[VirtualService]):
    """Retries of slow tries are asked for, but nothing ends a try that hangs.

    ## Why
    A try that gets no answer becomes a failure when `perTryTimeout` or `timeout` ends it. Without either the proxy
    waits for ever, and none of the retries begins.

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
        retries:
          attempts: 3
          retryOn: 5xx,reset
    ```

    ## Stays silent when
    - `perTryTimeout` or `timeout` is set
    - the conditions are only about connections and refused requests
    - the route does not write down retries: what the mesh does by default is meant

    ## Source
    Istio reference, "VirtualService", `HTTPRetry.perTryTimeout` (no limit unless set); `HTTPRoute.timeout` (disabled
    unless set).
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("retryOn",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route on which a try may hang."""
        del graph
        for remark in hanging_tries(subject):
            yield self.finding_of(remark, subject)
