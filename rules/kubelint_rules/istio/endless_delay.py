"""istio/endless-delay."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_faults import long_delays
from kubelint.systems.kubernetes.duration import SECOND


class EndlessDelay(Rule[VirtualService]):
    """An injected delay is longer than any client waits.

    ## Why
    Browsers, load balancers and clients give up after a minute or so. A longer delay tests what an abort tests, and
    holds connections meanwhile.

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
            fixedDelay: 10m
            percentage:
              value: 100
    ```

    ## Stays silent when
    - the delay is below the limit of the option
    - the delay is for no request

    ## Source
    Istio reference, "VirtualService", `HTTPFaultInjection.Delay.fixedDelay`.
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("fixedDelay",)

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts as endless."""

        seconds: int = option(60, "The delay in seconds from which on it is reported.", at_least=1)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each delay that reaches the limit."""
        del graph
        for remark in long_delays(subject, self.options.seconds * SECOND):
            yield self.finding_of(remark, subject)
