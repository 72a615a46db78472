"""istio/requests-encrypted-twice."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import ServiceEntry
from kubelint.systems.istio.service_entries import double_tls


class RequestsEncryptedTwice(Rule[ServiceEntry]):
    """A DestinationRule adds TLS to a port at which clients speak TLS already.

    ## Why
    A port of protocol `HTTPS` or `TLS` carries what the client has encrypted. `tls` of mode `SIMPLE` or `MUTUAL`
    wraps it once more, and the server outside does not understand it.

    ## Example
    ```yaml bank.yaml
    apiVersion: networking.istio.io/v1
    kind: ServiceEntry
    metadata:
      name: bank
    spec:
      hosts:
      - api.bank.example
      ports:
      - number: 443
        name: api
        protocol: HTTPS
      resolution: DNS
    ---
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
    - the port speaks HTTP, or an `http` route leads to the host: then the proxy adds TLS to plain requests
    - settings of the port switch TLS off

    ## Source
    Istio documentation, "Traffic Management Problems", section "Double TLS".
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: ServiceEntry, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that gets a second layer of TLS."""
        for remark in double_tls(graph, subject):
            yield self.finding_of(remark, subject)
