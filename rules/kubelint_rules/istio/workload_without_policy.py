"""istio/workload-without-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.admission import uncovered_workload
from kubelint.systems.kubernetes.model import Workload


class WorkloadWithoutPolicy(Rule[Workload]):
    """No AuthorizationPolicy is for a workload, although others of its unit have one.

    ## Why
    Without a policy everybody in the mesh may call it.

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
            ports:
            - containerPort: 9080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: ratings
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: ratings
      template:
        metadata:
          labels:
            app: ratings
        spec:
          containers:
          - name: ratings
            image: registry.istio.io/release/examples-bookinfo-ratings-v1:1.20.3
            ports:
            - containerPort: 9080
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      rules:
      - to:
        - operation:
            methods: [GET]
    ```

    ## Stays silent when
    - a policy of the namespace or of the mesh has no selector
    - the unit has no AuthorizationPolicy at all

    ## Source
    Istio documentation, "Authorization Policy".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a workload that everybody may call."""
        for remark in uncovered_workload(graph, subject):
            yield self.finding_of(remark, subject)
