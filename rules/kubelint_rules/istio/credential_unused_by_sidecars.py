"""istio/credential-unused-by-sidecars."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import DestinationRule
from kubelint.systems.istio.rule_reach import ignored_credentials


class CredentialUnusedBySidecars(Rule[DestinationRule]):
    """A DestinationRule names a credential that sidecars cannot read.

    ## Why
    `credentialName` is read by gateways. A sidecar uses it only when the rule has a `workloadSelector`; otherwise
    its connections are made without the certificate.

    ## Example
    ```yaml bank.yaml
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: bank
    spec:
      host: api.bank.example
      trafficPolicy:
        tls:
          mode: MUTUAL
          credentialName: bank-client
    ```

    ## Stays silent when
    - the rule has a `workloadSelector`
    - a VirtualService of a gateway routes to the host

    ## Source
    Istio reference, "DestinationRule", field `ClientTLSSettings.credentialName`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("credentialName",)

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each credential that sidecars do not read."""
        for remark in ignored_credentials(graph, subject):
            yield self.finding_of(remark, subject)
