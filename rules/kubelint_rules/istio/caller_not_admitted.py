"""istio/caller-not-admitted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.admission import refused_callers
from kubelint.systems.kubernetes.model import Workload


class CallerNotAdmitted(Rule[Workload]):
    """A workload calls a Service whose policies let others in, but not this workload.

    ## Why
    As soon as an `ALLOW` policy is for a workload, what no policy allows is answered with 403.

    ## Example
    ```yaml reviews.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: productpage
      namespace: bookinfo
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
            ports:
            - containerPort: 9080
            env:
            - name: REVIEWS_URL
              value: http://reviews:80
    ---
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
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 80
        targetPort: 9080
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
      - from:
        - source:
            principals: ["cluster.local/ns/bookinfo/sa/details"]
    ```

    ## Stays silent when
    - a rule may let the caller in: it has no `from`, asks for something else, or has a placeholder
    - the namespace of the caller is not written down

    ## Source
    Istio documentation, "Authorization Policy", section "Implicit enablement".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each call that is refused."""
        for remark in refused_callers(graph, subject):
            yield self.finding_of(remark, subject)
