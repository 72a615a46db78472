"""istio/fault-never-injected."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_faults import without_share


class FaultNeverInjected(Rule[VirtualService]):
    """A fault has no percentage, so that no request gets it.

    ## Why
    The share of requests that an injected delay or abort is for is 0 unless `percentage.value` is set. The test that
    the fault is for passes because nothing happens.

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
          delay:
            fixedDelay: 7s
    ```

    ## Stays silent when
    - `percentage.value` is set, also to 0: that switches the fault off on purpose
    - the share is given with the old field `percent`

    ## Source
    Istio reference, "VirtualService", `HTTPFaultInjection.Delay.percentage` and `Abort.percentage`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("fault",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each fault without a share."""
        del graph
        for remark in without_share(subject):
            yield self.finding_of(remark, subject)
