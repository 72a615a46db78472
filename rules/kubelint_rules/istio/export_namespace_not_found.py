"""istio/export-namespace-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.around import export_namespaces
from kubelint.systems.istio.model import IstioObject


class ExportNamespaceNotFound(Rule[IstioObject]):
    """An object is exported to a namespace that does not exist under this name.

    ## Why
    Nobody in the namespace that was meant sees the object: its routes, rules or hosts are not used there.

    ## Example
    ```yaml bank.yaml
    apiVersion: v1
    kind: Namespace
    metadata:
      name: payments
    ---
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata:
      name: bank
      namespace: egress
    spec:
      exportTo:
      - paymnets
      hosts:
      - api.bank.example
      ports:
      - number: 443
        name: tls
        protocol: TLS
      resolution: DNS
    ```

    ## Stays silent when
    - an object of the repository is in the namespace
    - no namespace of a near name is defined

    ## Source
    Istio reference, field `exportTo` of VirtualService, DestinationRule and ServiceEntry.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("exportTo",)

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each namespace that does not exist."""
        for remark in export_namespaces(graph, subject):
            yield self.finding_of(remark, subject)
