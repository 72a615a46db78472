"""istio/malformed-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class MalformedHost(Rule[IstioObject]):
    """A host has a form that Istio refuses, such as a URL or a wildcard in the middle.

    ## Why
    Hosts are DNS names; `*` may only be the whole first label. In a Gateway and in `egress` of a Sidecar short
    names are not completed, and in a Sidecar every host has a namespace in front.

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
          number: 80
          name: http
          protocol: HTTP
        hosts:
        - https://shop.example.com/
    ```

    ## Stays silent when
    - the host is a placeholder
    - the host is an IP address, where one is allowed

    ## Source
    Istio reference, "VirtualService" `hosts`, "Gateway" `Server.hosts`, "Sidecar" `IstioEgressListener.hosts`,
    "Service Entry" `hosts`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host of a wrong form."""
        for fault in faults(graph, subject, Family.HOST):
            yield self.finding_of(fault, subject)
