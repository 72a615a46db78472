"""istio/unreachable-route."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import unreachable


class UnreachableRoute(Rule[VirtualService]):
    """A route or a match never takes a request, because an earlier one takes all of its requests.

    ## Why
    Routes are tried in order, and the first that matches is used. A route without `match`, or with a shorter
    prefix, that stands before a special one leaves nothing to it.

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
      - match:
        - headers:
            end-user:
              exact: jason
        route:
        - destination:
            host: reviews-next
    ```

    ## Stays silent when
    - the earlier match asks for something that the later one does not: a header, a caller, a gateway, a port
    - the earlier route delegates: the other VirtualService may have no route for the request
    - a match holds a placeholder

    ## Source
    Istio reference, "VirtualService", field `http`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    alone = True

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route that an earlier one leaves nothing to."""
        del graph
        for remark in unreachable(subject):
            yield self.finding_of(remark, subject)
