"""istio/gateways-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateways import overlapping
from kubelint.systems.istio.model import Gateway


class GatewaysOverlap(Rule[Gateway]):
    """Two Gateways serve one host at the same port of the same workload, so one of them is skipped.

    ## Why
    All Gateways of a workload are merged by port. A host can be there once; the server that comes later is left
    out, with its certificate.

    ## Example
    ```yaml gateways.yaml
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
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: shop-new
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
          credentialName: shop-certificate-new
    ```

    ## Stays silent when
    - the hosts are for different namespaces, ports or addresses, or one of them is a placeholder
    - the two are alternatives of each other, or files of a folder of examples

    ## Source
    Istio reference, "Gateway"; Istio, `pilot/pkg/model/gateway.go`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Gateway, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that another Gateway serves."""
        for remark in overlapping(graph, subject):
            yield self.finding_of(remark, subject)
