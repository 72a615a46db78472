"""istio/credential-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateways import missing_credentials
from kubelint.systems.istio.model import Gateway


class CredentialNotFound(Rule[Gateway]):
    """A Gateway names a Secret for TLS that is in another namespace or has a slightly different name.

    ## Why
    The Secret is read from the namespace in which the gateway's pods run, not from that of the Gateway object.
    Without it the server has no certificate, and connections are refused.

    ## Example
    ```yaml gateway.yaml
    apiVersion: v1
    kind: Secret
    metadata:
      name: shop-certificate
      namespace: ingress
    type: kubernetes.io/tls
    stringData:
      tls.crt: ${TLS_CERTIFICATE}
      tls.key: ${TLS_KEY}
    ---
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
          credentialName: shop-certifcate
    ```

    ## Stays silent when
    - no Secret of that or a near name is in the repository: it may be made elsewhere
    - a Certificate, an ExternalSecret or a SealedSecret makes it
    - it is not known where the gateway's pods run, and the Secret exists in some namespace

    ## Source
    Istio reference, "Gateway", field `ServerTLSSettings.credentialName`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("credentialName", "credentialNames")

    def check(self, subject: Gateway, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each Secret that is not where it is looked for."""
        for remark in missing_credentials(graph, subject):
            yield self.finding_of(remark, subject)
