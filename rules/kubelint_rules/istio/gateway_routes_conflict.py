"""istio/gateway-routes-conflict."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateway_routes import conflicting_at_gateway
from kubelint.systems.istio.model import VirtualService


class GatewayRoutesConflict(Rule[VirtualService]):
    """Two VirtualServices at one gateway both take all requests for a host.

    ## Why
    At a gateway the routes of all VirtualServices for a host are merged, those that take everything last. Of two
    such routes only one is used, and the order is not defined.

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
      namespace: ingress
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - route:
        - destination:
            host: shop
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: blog
      namespace: ingress
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - route:
        - destination:
            host: blog
    ```

    ## Stays silent when
    - one of the two matches certain paths only, or certain gateways
    - the two are alternatives of each other, or files of a folder of examples

    ## Source
    Istio documentation, "Traffic Management Best Practices", section "Split large virtual services and destination
    rules into multiple resources".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("gateways",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host of which another VirtualService takes all requests."""
        for remark in conflicting_at_gateway(graph, subject):
            yield self.finding_of(remark, subject)
