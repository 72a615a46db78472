"""istio/match-never-applies."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import idle_matches


class MatchNeverApplies(Rule[VirtualService]):
    """A match asks for a gateway that is not listed, or for a caller where none is known.

    ## Why
    Only the gateways in `spec.gateways` (`mesh` where there are none) get the routes at all. `sourceLabels` and
    `sourceNamespace` choose sidecars; a gateway has no labels of a caller to compare with.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - match:
        - sourceLabels:
            app: frontend
        route:
        - destination:
            host: shop
    ```

    ## Stays silent when
    - the VirtualService or the match is bound to `mesh` as well
    - a gateway is a placeholder

    ## Source
    Istio reference, "VirtualService", `HTTPMatchRequest.gateways` and `HTTPMatchRequest.sourceLabels`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("gateways", "sourceLabels", "sourceNamespace")

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each condition that no request meets."""
        for remark in idle_matches(graph, subject):
            yield self.finding_of(remark, subject)
