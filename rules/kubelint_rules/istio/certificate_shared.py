"""istio/certificate-shared."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateways import shared_certificates
from kubelint.systems.istio.model import Gateway


class CertificateShared(Rule[Gateway]):
    """Two Gateways of one workload use the same certificate for different hosts.

    ## Why
    A browser that has a connection for one host reuses it for another one that the certificate covers. The
    connection ends at the server of the first host, which knows nothing of the second: 404.

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
          credentialName: wildcard
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: blog
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
        - blog.example.com
        tls:
          mode: SIMPLE
          credentialName: wildcard
    ```

    ## Stays silent when
    - the Gateways select different workloads, or are alternatives of each other

    ## Source
    Istio documentation, "Traffic Management Problems", section "404 errors occur when multiple gateways configured
    with same TLS certificate".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: Gateway, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each certificate that another Gateway uses."""
        for remark in shared_certificates(graph, subject):
            yield self.finding_of(remark, subject)
