"""istio/retries-switched-off."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import switched_off


class RetriesSwitchedOff(Rule[VirtualService]):
    """A block `retries` has no `attempts`, which switches retries off without saying so.

    ## Why
    `attempts` is 0 where a block `retries` does not set it. Such a block does not fall back to the two retries that
    the mesh does by default: it removes them.

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
          backoff: 100ms
    ```

    ## Stays silent when
    - `attempts: 0` is written down: that is meant
    - a field is set that Istio refuses without `attempts`: `istio/missing-field` reports it

    ## Source
    Istio reference, "VirtualService", `HTTPRetry.attempts`; Istio, `pilot/pkg/networking/core/route/retry/retry.go`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    alone = True
    keys = ("retries",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each block without attempts."""
        del graph
        for remark in switched_off(subject):
            yield self.finding_of(remark, subject)
