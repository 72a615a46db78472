"""istio/hidden-from-gateway."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateway_routes import hidden_from_gateway
from kubelint.systems.istio.model import VirtualService


class HiddenFromGateway(Rule[VirtualService]):
    """A VirtualService is bound to a gateway in a namespace that it is not exported to.

    ## Why
    A gateway only sees what is exported to its namespace. With `exportTo: ["."]` a VirtualService stays in its own
    one, and requests from outside get 404.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: public
      namespace: ingress
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 80
          name: main
          protocol: HTTP
        hosts:
        - "*.example.com"
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
      namespace: shop
    spec:
      exportTo:
      - .
      hosts:
      - shop.example.com
      gateways:
      - ingress/public
      http:
      - route:
        - destination:
            host: shop
    ```

    ## Stays silent when
    - `exportTo` has `*` or the namespace of the gateway
    - the gateway is not in the repository, or its namespace is not written down

    ## Source
    Istio reference, "VirtualService", field `exportTo`; "Gateway", field `Server.hosts`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("exportTo",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each gateway that does not see it."""
        for remark in hidden_from_gateway(graph, subject):
            yield self.finding_of(remark, subject)
