"""istio/service-entries-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import ServiceEntry
from kubelint.systems.istio.service_entries import overlapping


class ServiceEntriesOverlap(Rule[ServiceEntry]):
    """Two ServiceEntries add the same port of one host.

    ## Why
    Where they disagree on the protocol, one of the two wins and the other traffic is misread. Where they agree,
    their endpoints are mixed or one of them is ignored.

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
    kind: ServiceEntry
    metadata:
      name: bank-plain
    spec:
      hosts:
      - api.bank.example
      ports:
      - number: 443
        name: api
        protocol: HTTP
      resolution: DNS
    ```

    ## Stays silent when
    - ports or hosts differ, or `exportTo` keeps the two apart
    - the two are alternatives of each other, or files of a folder of examples

    ## Source
    Istio reference, "Service Entry"; Istio documentation, "ConflictingServiceEntryProtocol".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ServiceEntry, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that another ServiceEntry adds."""
        for remark in overlapping(graph, subject):
            yield self.finding_of(remark, subject)
