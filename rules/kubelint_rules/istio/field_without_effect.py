"""istio/field-without-effect."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class FieldWithoutEffect(Rule[IstioObject]):
    """A field of an Istio object is accepted and does nothing beside the others.

    ## Why
    The object looks as if it did something that it does not: a certificate on a server that does not decrypt, a
    redirect to HTTPS on a server for TLS, failover between regions without outlier detection, an abort without
    status.

    ## Example
    ```yaml gateway.yaml
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: public
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 443
          name: tls
          protocol: TLS
        hosts:
        - shop.example.com
        tls:
          mode: PASSTHROUGH
          credentialName: shop-certificate
    ```

    ## Stays silent when
    - the field that switches the other one off is a placeholder

    ## Source
    Istio reference, the description of each field.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    alone = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that does nothing."""
        for fault in faults(graph, subject, Family.WITHOUT_EFFECT):
            yield self.finding_of(fault, subject)
