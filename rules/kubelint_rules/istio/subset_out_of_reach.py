"""istio/subset-out-of-reach."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.rule_reach import out_of_reach


class SubsetOutOfReach(Rule[VirtualService]):
    """A route uses a subset that only a DestinationRule of a namespace defines where nobody looks.

    ## Why
    Rules are looked up in the namespace of the client, then in that of the Service, then in the root namespace. One
    in any other namespace, or one that is not exported, does not count, and requests to its subset get 503.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
      namespace: mesh-rules
    spec:
      host: reviews.bookinfo.svc.cluster.local
      subsets:
      - name: v1
        labels:
          version: v1
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
      namespace: bookinfo
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
    - any rule that defines the subset is in one of the three namespaces, or in none that is written down

    ## Source
    Istio documentation, "Traffic Management Best Practices", section "Cross namespace resource sharing".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("subset",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each subset that clients do not get."""
        for remark in out_of_reach(graph, subject):
            yield self.finding_of(remark, subject)
