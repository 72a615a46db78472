"""istio/delay-exceeds-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.timeouts import InjectedDelay, RoutePolicy


class DelayExceedsTimeout(Rule[VirtualService]):
    """A route injects a delay as long as its own timeout or longer, but that timeout does not cut it.

    ## Why
    The caller's proxy injects the delay before it routes the request, and the timeout of the same route starts only
    then. So the caller sees a slow answer and not the 504 that the test seems to be about. The timeouts that an
    injected delay runs into are those of callers further up.

    ## Example
    ```yaml ratings.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: ratings
    spec:
      hosts:
      - ratings
      http:
      - fault:
          delay:
            percentage:
              value: 100
            fixedDelay: 7s
        timeout: 3s
        route:
        - destination:
            host: ratings
    ```

    ## Stays silent when
    - the delay is shorter than the timeout: nobody expects the one to cut the other
    - the percentage is absent or 0: nothing is delayed

    ## Source
    Istio reference, "VirtualService", field `HTTPRoute.fault`: timeouts and retries are not enabled when faults are
    enabled on the client side.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("fixedDelay",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route with both."""
        del graph
        for route in subject.http:
            delay, policy = InjectedDelay.of(route), RoutePolicy.of(route)
            if delay is None or policy.timeout is None or policy.timeout_node is None or delay.time < policy.timeout:
                continue
            yield self.finding(
                f"the timeout of `{policy.timeout_node.text}` does not cut the delay of the same route",
                delay.node,
                f"the caller waits {delay.node.text} and gets its answer",
                related=[(policy.timeout_node, "this clock starts when the delay is over")],
                help="set the timeout on the route of a caller further up, or inject the delay further down",
                subject=subject,
            )
