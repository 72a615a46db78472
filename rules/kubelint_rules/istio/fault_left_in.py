"""istio/fault-left-in."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_faults import left_faults


class FaultLeftIn(Rule[VirtualService]):
    """A route injects faults: some requests are delayed or fail on purpose.

    ## Why
    Faults are for tests. In files that are applied to production they are forgotten ones. Where a folder holds tests,
    switch the rule off there with `overrides`.

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
              value: 10
    ```

    ## Stays silent when
    - the fault is for no request

    ## Source
    Istio documentation, "Fault Injection".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("fault",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each fault that some requests get."""
        del graph
        for remark in left_faults(subject):
            yield self.finding_of(remark, subject)
