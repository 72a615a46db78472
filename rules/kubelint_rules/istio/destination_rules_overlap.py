"""istio/destination-rules-overlap."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import DestinationRule
from kubelint.systems.istio.rule_reach import overlapping


class DestinationRulesOverlap(Rule[DestinationRule]):
    """Two DestinationRules of a namespace are for one host, and a part of one of them is ignored.

    ## Why
    Rules for one host are merged: subsets are put together, of two with the same name the first one counts, and
    only one `trafficPolicy` is kept.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      trafficPolicy:
        loadBalancer:
          simple: RANDOM
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews-limits
    spec:
      host: reviews
      trafficPolicy:
        connectionPool:
          tcp:
            maxConnections: 100
    ```

    ## Stays silent when
    - the rules only add subsets of different names
    - the two are alternatives of each other, or files of a folder of examples

    ## Source
    Istio documentation, "Traffic Management Best Practices"; Istio, `pilot/pkg/model/destination_rule.go`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each part that an earlier rule takes the place of."""
        for remark in overlapping(graph, subject):
            yield self.finding_of(remark, subject)
