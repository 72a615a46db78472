"""istio/route-kind-not-served."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateway_routes import unfitting_modes
from kubelint.systems.istio.model import VirtualService


class RouteKindNotServed(Rule[VirtualService]):
    """A VirtualService has routes of a kind that its gateway has no use for.

    ## Why
    A server that decrypts (`SIMPLE`, `MUTUAL`) reads requests and takes `http` routes. One that passes TLS on sees
    the SNI only and takes `tls` routes. The other kind is never looked at, and requests find no route.

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
          number: 443
          name: main
          protocol: TLS
        hosts:
        - "*.example.com"
        tls:
          mode: PASSTHROUGH
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
    ```

    ## Stays silent when
    - a gateway is not in the repository, or another server for the host takes the routes
    - the VirtualService is bound to `mesh` as well

    ## Source
    Istio reference, "Gateway", `ServerTLSSettings.TLSmode`; "VirtualService", fields `http`, `tls` and `tcp`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("gateways",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each section that the gateway has no use for."""
        for remark in unfitting_modes(graph, subject):
            yield self.finding_of(remark, subject)
