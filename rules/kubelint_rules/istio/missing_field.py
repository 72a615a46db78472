"""istio/missing-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class MissingField(Rule[IstioObject]):
    """An Istio object lacks something that its schema does not ask for and Istio does: it is rejected.

    ## Why
    Much is required only together with something else: a server for HTTPS needs a certificate, an HTTP route
    somewhere to send requests to, `portLevelMtls` a selector, the action `CUSTOM` a provider. The webhook refuses
    the object; where it is switched off the part is dropped.

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
          name: https
          protocol: HTTPS
        hosts:
        - shop.example.com
        tls:
          mode: SIMPLE
    ```

    ## Stays silent when
    - a part of the object is a placeholder that may bring the field along
    - the schema asks for the field (`kubernetes/missing-field`)

    ## Source
    Istio reference, the description of each field; Istio's CustomResourceDefinitions, `x-kubernetes-validations`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each part that lacks something."""
        for fault in faults(graph, subject, Family.MISSING):
            yield self.finding_of(fault, subject)
