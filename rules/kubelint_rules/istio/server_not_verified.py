"""istio/server-not-verified."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.habits import unverified_servers
from kubelint.systems.istio.model import DestinationRule


class ServerNotVerified(Rule[DestinationRule]):
    """A DestinationRule adds TLS without saying which certificates of the server are good.

    ## Why
    Before Istio 1.19 a proxy without `caCertificates` took any certificate; newer ones take what the operating
    system trusts, unless that is switched off. Only what is written down is sure.

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
          mode: SIMPLE
    ```

    ## Stays silent when
    - `caCertificates` or `credentialName` is set, or the mode is another one

    ## Source
    Istio reference, "DestinationRule", field `ClientTLSSettings.caCertificates`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each connection that is not verified."""
        del graph
        for remark in unverified_servers(subject):
            yield self.finding_of(remark, subject)
