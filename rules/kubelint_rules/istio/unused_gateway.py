"""istio/unused-gateway."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateways import unused_hosts
from kubelint.systems.istio.model import Gateway


class UnusedGateway(Rule[Gateway]):
    """No VirtualService of the repository is bound to a Gateway.

    ## Why
    A Gateway only opens ports. Without routes everything that comes in gets 404.

    ## Example
    ```yaml gateway.yaml
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: shop
      namespace: ingress
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 443
          name: https
          protocol: HTTPS
        hosts:
        - shop.example.com
        tls:
          mode: SIMPLE
          credentialName: shop-certificate
    ```

    ## Stays silent when
    - a VirtualService is bound to it, in whatever namespace
    - a part of the unit could not be read

    ## Source
    Istio reference, "Gateway".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: Gateway, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a Gateway that nothing is bound to."""
        for remark in unused_hosts(graph, subject):
            yield self.finding_of(remark, subject)
