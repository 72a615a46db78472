"""istio/fault-share-below-one."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_faults import small_shares


class FaultShareBelowOne(Rule[VirtualService]):
    """A fault is for less than one per cent of the requests: a ratio may have been meant.

    ## Why
    `percentage.value` is in per cent: `0.5` is one request in two hundred, not every second one.

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
              value: 0.5
    ```

    ## Stays silent when
    - the value is 1 or more, or 0

    ## Source
    Istio reference, "VirtualService", `Percent`.
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("fault",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each share below one per cent."""
        del graph
        for remark in small_shares(subject):
            yield self.finding_of(remark, subject)
