"""istio/subset-scaled-to-zero."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.around import scaled_down_subsets
from kubelint.systems.istio.model import VirtualService


class SubsetScaledToZero(Rule[VirtualService]):
    """A route sends requests to a subset whose workloads all have no replicas.

    ## Why
    A subset without pods has no endpoints, and its requests get 503.

    ## Example
    ```yaml reviews.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      replicas: 0
      selector:
        matchLabels:
          app: reviews
      template:
        metadata:
          labels:
            app: reviews
            version: v2
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
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      host: reviews
      subsets:
      - name: v2
        labels:
          version: v2
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
            subset: v2
    ```

    ## Stays silent when
    - any workload of the subset has replicas, or does not say how many
    - the destination has no weight

    ## Source
    Istio reference, "DestinationRule", `Subset`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("subset",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each subset without replicas."""
        for remark in scaled_down_subsets(graph, subject):
            yield self.finding_of(remark, subject)
