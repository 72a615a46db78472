"""istio/slow-try-not-retried."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import unretried_tries


class SlowTryNotRetried(Rule[VirtualService]):
    """A try that exceeds `perTryTimeout` is not retried: the conditions do not cover it.

    ## Why
    `perTryTimeout` ends a try, and whether another one follows is up to `retryOn`. Only `5xx`, `gateway-error` and
    `reset` cover a try that got no answer in time; the default conditions and status codes do not. So the limit of one
    try works as the timeout of the whole request.

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
        timeout: 10s
        retries:
          attempts: 3
          perTryTimeout: 2s
    ```

    ## Stays silent when
    - `retryOn` has one of `5xx`, `gateway-error`, `reset`
    - `attempts` is 0: nothing is retried
    - `perTryTimeout` is not shorter than `timeout`: `istio/timeout-shorter-than-retries` reports it

    ## Source
    Envoy documentation, "Router", `x-envoy-retry-on` and `x-envoy-upstream-rq-per-try-timeout-ms`; Istio,
    `pilot/pkg/networking/core/route/retry/retry.go` (default conditions).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    alone = True
    keys = ("perTryTimeout",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each limit of a try that no retry follows."""
        del graph
        for remark in unretried_tries(subject):
            yield self.finding_of(remark, subject)
