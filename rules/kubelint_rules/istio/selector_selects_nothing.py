"""istio/selector-selects-nothing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import IstioObject
from kubelint.systems.istio.selecting import selects_nothing


class SelectorSelectsNothing(Rule[IstioObject]):
    """A policy, a Sidecar, a filter or a Gateway selects no workload, because of one misspelt label.

    ## Why
    The object is accepted and does nothing: the policy protects nobody, the gateway gets no listener. Labels must
    be on the pods themselves, not on the Deployment.

    ## Example
    ```yaml reviews.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      template:
        metadata:
          labels:
            app: reviews
        spec:
          containers:
          - name: reviews
            image: registry.istio.io/release/examples-bookinfo-reviews-v1:1.20.3
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reveiws
      rules:
      - to:
        - operation:
            methods: [GET]
    ```

    ## Stays silent when
    - a workload of the repository, a WorkloadEntry or a WorkloadGroup has the labels
    - no workload of the namespace is near: it may be deployed from elsewhere, such as the ingress gateway of the
      installation
    - a label is a placeholder

    ## Source
    Istio reference, "Workload Selector", and the field `selector` of each kind.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each selector that misses its workloads."""
        for remark in selects_nothing(graph, subject):
            yield self.finding_of(remark, subject)
