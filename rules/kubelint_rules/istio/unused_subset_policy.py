"""istio/unused-subset-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import DestinationRule
from kubelint.systems.istio.rule_reach import unused_policies


class UnusedSubsetPolicy(Rule[DestinationRule]):
    """A subset has a traffic policy, and no route leads to the subset.

    ## Why
    What a subset says takes effect only where a route names the subset. Requests that go to the host as a whole
    follow the policy of the rule.

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
      - name: v2
        labels:
          version: v2
        trafficPolicy:
          loadBalancer:
            simple: RANDOM
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
            subset: v1
    ```

    ## Stays silent when
    - no route of the repository leads to any subset of the rule: the routes may live elsewhere

    ## Source
    Istio reference, "DestinationRule", `Subset`: policies of a subset take effect when a route sends traffic to it.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("subsets",)

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each policy that is never used."""
        for remark in unused_policies(graph, subject):
            yield self.finding_of(remark, subject)
