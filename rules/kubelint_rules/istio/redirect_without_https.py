"""istio/redirect-without-https."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateway_routes import without_https
from kubelint.systems.istio.model import Gateway


class RedirectWithoutHttps(Rule[Gateway]):
    """A Gateway redirects requests for a host to HTTPS, and no server serves the host over HTTPS.

    ## Why
    The client is sent to port 443, where nothing answers for the host: the site is gone for everybody.

    ## Example
    ```yaml gateway.yaml
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
        tls:
          httpsRedirect: true
    ```

    ## Stays silent when
    - a Gateway with the same selector serves the host over HTTPS or TLS
    - the host is a placeholder

    ## Source
    Istio reference, "Gateway", field `ServerTLSSettings.httpsRedirect`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("httpsRedirect",)

    def check(self, subject: Gateway, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each redirect that leads nowhere."""
        for remark in without_https(graph, subject):
            yield self.finding_of(remark, subject)
