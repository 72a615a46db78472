"""istio/caller-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import absent_callers


class CallerNotFound(Rule[VirtualService]):
    """A route is for callers with a label that is misspelt: no workload has it.

    ## Why
    `sourceLabels` choose the sidecars that use the route. When no workload has the labels, the route is used
    nowhere and its requests take the next one.

    ## Example
    ```yaml reviews.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: productpage
    spec:
      selector:
        matchLabels:
          app: productpage
      template:
        metadata:
          labels:
            app: productpage
        spec:
          containers:
          - name: productpage
            image: registry.istio.io/release/examples-bookinfo-productpage-v1:1.20.3
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - match:
        - sourceLabels:
            app: prodctpage
        route:
        - destination:
            host: reviews-next
      - route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - a workload anywhere in the repository has the label, or nothing near it: the caller may live elsewhere
    - the value is a placeholder

    ## Source
    Istio reference, "VirtualService", `HTTPMatchRequest.sourceLabels`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("sourceLabels",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each label that no workload has."""
        for remark in absent_callers(graph, subject):
            yield self.finding_of(remark, subject)
