"""istio/abort-without-error."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_faults import mild_aborts


class AbortWithoutError(Rule[VirtualService]):
    """An injected abort answers with a status that is no error.

    ## Why
    The caller takes the answer for a success with an empty body. What the abort is there to test, how callers cope
    with a failure, does not happen.

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
            httpStatus: 200
            percentage:
              value: 100
    ```

    ## Stays silent when
    - the status is 400 or above, or one of gRPC
    - the abort is for no request

    ## Source
    Istio reference, "VirtualService", `HTTPFaultInjection.Abort.httpStatus`.
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS
    keys = ("abort",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each status below 400."""
        del graph
        for remark in mild_aborts(subject):
            yield self.finding_of(remark, subject)
