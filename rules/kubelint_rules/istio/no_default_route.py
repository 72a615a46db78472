"""istio/no-default-route."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import without_default


class NoDefaultRoute(Rule[VirtualService]):
    """All routes of a host look at headers or at the caller, so that every other request gets 404.

    ## Why
    A VirtualService replaces the default route to a host. When its routes only take the requests of a test user, or
    of one caller, there is no route left for everybody else.

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
      - match:
        - headers:
            end-user:
              exact: jason
        fault:
          delay:
            percentage:
              value: 100
            fixedDelay: 7s
        route:
        - destination:
            host: ratings
    ```

    ## Stays silent when
    - a route takes everything, or all that begins with `/`
    - a route looks at the path only: a site is built of paths, and 404 is the answer to others
    - the VirtualService is for gateways only, where others may be merged with it, or is a delegate

    ## Source
    Istio reference, "VirtualService", `HTTPRoute.match`; Istio documentation, "Traffic Management", section
    "Routing rule precedence".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("match",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host whose other requests get 404."""
        del graph
        for remark in without_default(subject):
            yield self.finding_of(remark, subject)
