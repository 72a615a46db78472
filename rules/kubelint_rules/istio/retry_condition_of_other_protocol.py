"""istio/retry-condition-of-other-protocol."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import foreign_conditions


class RetryConditionOfOtherProtocol(Rule[VirtualService]):
    """The conditions for retries look at another protocol than the port of the host speaks.

    ## Why
    `unavailable` and its like are statuses of gRPC, which plain HTTP does not know. The other way round an error of
    gRPC is an answer with HTTP status 200, so that `5xx` does not see it.

    ## Example
    ```yaml reviews.yaml
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
        retries:
          attempts: 2
          retryOn: unavailable,cancelled
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
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
            image: registry.example.com/shop/reviews:2.4.1
    ```

    ## Stays silent when
    - a condition of the right protocol, or of connections, stands in the list
    - the protocol of a port is found out by looking at the traffic

    ## Source
    Envoy documentation, "Router", `x-envoy-retry-on` and `x-envoy-retry-grpc-on`; Istio documentation, "Protocol
    Selection".
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS
    keys = ("retryOn",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each list that cannot hold."""
        for remark in foreign_conditions(graph, subject):
            yield self.finding_of(remark, subject)
