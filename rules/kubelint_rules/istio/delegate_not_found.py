"""istio/delegate-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.delegates import DELEGATES
from kubelint.systems.istio.model import VirtualService


class DelegateNotFound(Rule[VirtualService]):
    """A route is delegated to a VirtualService that does not exist under this name.

    ## Why
    Without its delegate the route is dropped, and its requests get 404. A delegate is looked up in the namespace that
    `delegate.namespace` says, else in that of the VirtualService itself.

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
        - uri:
            prefix: /reviews
        delegate:
          name: reveiws
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      http:
      - route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - a VirtualService of that name exists in the namespace that is meant
    - nothing near exists: the delegate may live elsewhere

    ## Source
    Istio reference, "VirtualService", `Delegate`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("delegate",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each delegate that does not exist."""
        for reference in graph.outgoing(subject, DELEGATES):
            if reference.dangling:
                yield self.dangling(reference, "VirtualService", "the requests of this route get 404")
