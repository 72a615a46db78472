"""istio/many-retries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.options import option
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_retries import many_retries


class ManyRetries(Rule[VirtualService]):
    """A route retries a request very often.

    ## Why
    Each retry is a request more for servers that are in trouble already. Two or three cover what is transient; what
    ten tries do not get through needs something else.

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
          attempts: 10
    ```

    ## Stays silent when
    - the number is within the limit of the option
    - the number is a placeholder

    ## Source
    Istio documentation, "Traffic Management" (retries); Envoy documentation, "Circuit breaking" (retry storms).
    """

    severity = Severity.INFO
    group = Group.RELIABILITY
    keys = ("attempts",)

    @dataclass(frozen=True, slots=True)
    class Options:
        """What counts as very often."""

        most: int = option(5, "The most `attempts` that are fine.", at_least=1)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each number of retries above the limit."""
        del graph
        for remark in many_retries(subject, self.options.most):
            yield self.finding_of(remark, subject)
