"""istio/only-status-codes-retried."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import only_status_codes


class OnlyStatusCodesRetried(Rule[VirtualService]):
    """Only answers with certain status codes are retried, not requests that got no answer.

    ## Why
    A status code in `retryOn` is compared with an answer of the server. A reset, a failed connection and a try that
    took too long have none, also where the proxy then answers 503 itself.

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
          retryOn: "503"
    ```

    ## Stays silent when
    - `retryOn` has any condition that is no number

    ## Source
    Istio reference, "VirtualService", `HTTPRetry.retryOn`; Envoy documentation, "Router",
    `x-envoy-retriable-status-codes`.
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("retryOn",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each list of nothing but status codes."""
        del graph
        for remark in only_status_codes(subject):
            yield self.finding_of(remark, subject)
