"""istio/retry-condition-unmet."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import empty_conditions


class RetryConditionUnmet(Rule[VirtualService]):
    """A condition for retries never holds, because what it asks for is not said.

    ## Why
    `retriable-status-codes` needs the codes beside it, as numbers in the same list. `retriable-headers` needs names of
    headers, and Istio has no field for them. Alone, neither retries anything.

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
          retryOn: retriable-status-codes
    ```

    ## Stays silent when
    - a status code stands in the list
    - `attempts` is 0: nothing is retried

    ## Source
    Istio reference, "VirtualService", `HTTPRetry.retryOn`; Envoy documentation, "Router",
    `x-envoy-retriable-status-codes` and `x-envoy-retriable-header-names`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("retryOn",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each condition that nothing meets."""
        del graph
        for remark in empty_conditions(subject):
            yield self.finding_of(remark, subject)
