"""istio/subset-without-labels."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import DestinationRule
from kubelint.systems.istio.rule_reach import empty_subsets


class SubsetWithoutLabels(Rule[DestinationRule]):
    """A subset has neither labels nor a policy: it is the whole host.

    ## Why
    A subset is a part of a host's pods. Without labels a route to it reaches all of them, so that a canary gets
    everything.

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
    ```

    ## Stays silent when
    - the subset has a `trafficPolicy`: then it is a name for another way to reach the same pods

    ## Source
    Istio reference, "DestinationRule", `Subset.labels`.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each subset that is the whole host."""
        del graph
        for remark in empty_subsets(subject):
            yield self.finding_of(remark, subject)
