"""istio/duplicate-entry."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class DuplicateEntry(Rule[IstioObject]):
    """Something stands twice in an Istio object that may be there only once.

    ## Why
    Hosts of a VirtualService may not overlap, ports have different names and numbers, subsets different names.
    Where the webhook is switched off, the first one counts and the second one does nothing.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      subsets:
      - name: v1
        labels:
          version: v1
      - name: v1
        labels:
          version: v2
    ```

    ## Stays silent when
    - one of the two is a placeholder

    ## Source
    Istio reference, "VirtualService", "DestinationRule", "Gateway", "Service Entry" and "Sidecar".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that was there before."""
        for fault in faults(graph, subject, Family.DUPLICATE):
            yield self.finding_of(fault, subject)
