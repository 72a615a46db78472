"""istio/header-not-settable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class HeaderNotSettable(Rule[IstioObject]):
    """A header that a route matches, sets or removes has a name or a value that Envoy cannot take.

    ## Why
    Names are letters, digits, `-` and `_`. `Host` and names that begin with `:` are parts of the request line: they
    can be set on a request, not removed and not part of a response. In values `%` begins a variable.

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
      - headers:
          response:
            set:
              x-cache hit: "50%"
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - name or value are placeholders
    - the value uses one of Envoy's variables (`%DOWNSTREAM_REMOTE_ADDRESS%`)

    ## Source
    Istio reference, "VirtualService", `Headers`; Envoy documentation, "HTTP header manipulation".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("headers", "withoutHeaders", "allowHeaders", "exposeHeaders")

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each header that cannot be taken."""
        for fault in faults(graph, subject, Family.HEADER):
            yield self.finding_of(fault, subject)
