"""istio/entry-without-address."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import ServiceEntry
from kubelint.systems.istio.service_entries import without_address


class EntryWithoutAddress(Rule[ServiceEntry]):
    """A ServiceEntry for TCP has no addresses, so that its traffic is told apart by the port alone.

    ## Why
    The proxy sees neither host nor SNI in plain TCP. Without addresses everything that goes to this port of
    whatever host is taken for it, unless Istio allocates addresses.

    ## Example
    ```yaml database.yaml
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
        protocol: TCP
      resolution: DNS
    ```

    ## Stays silent when
    - the entry has `addresses`, or the resolution `NONE`

    ## Source
    Istio reference, "Service Entry", field `addresses`.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: ServiceEntry, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each TCP port without address."""
        del graph
        for remark in without_address(subject):
            yield self.finding_of(remark, subject)
