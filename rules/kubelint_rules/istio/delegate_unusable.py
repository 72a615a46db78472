"""istio/delegate-unusable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.delegates import unusable
from kubelint.systems.istio.model import VirtualService


class DelegateUnusable(Rule[VirtualService]):
    """A route is delegated to a VirtualService that cannot take it.

    ## Why
    A delegate has no hosts of its own, must be visible in the namespace of the root, and can only narrow what the
    root matches. Otherwise its routes are dropped with no more than a line in the log, and requests get 404.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
      namespace: shop
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - match:
        - uri:
            prefix: /reviews
        delegate:
          name: reviews
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
      namespace: shop
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the delegate is not in the repository, or defined in several ways
    - the matches of root and delegate can both be met

    ## Source
    Istio reference, "VirtualService", `Delegate`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("delegate",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each delegate that cannot be one."""
        for remark in unusable(graph, subject):
            yield self.finding_of(remark, subject)
