"""istio/connect-timeout-too-long."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import slow_connects


class ConnectTimeoutTooLong(Rule[VirtualService]):
    """The connect timeout of a host is longer than its route lets a try take: no retry follows.

    ## Why
    Connecting to an endpoint that is gone takes until `connectTimeout`. If `timeout` or `perTryTimeout` ends the try
    before, the failure is no `connect-failure` any more, and the retries that are there for it never start.

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
        timeout: 3s
        retries:
          attempts: 2
          retryOn: connect-failure
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      trafficPolicy:
        connectionPool:
          tcp:
            connectTimeout: 5s
    ```

    ## Stays silent when
    - no DestinationRule of the repository sets `connectTimeout`: the default of 10s is nobody's decision
    - the route does not write down retries, or a slow try is retried
    - several files define the DestinationRule differently

    ## Source
    Istio reference, "DestinationRule", `TCPSettings.connectTimeout`; Envoy documentation, "Router", `connect-failure`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("retries",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route that ends before connecting fails."""
        for remark in slow_connects(graph, subject):
            yield self.finding_of(remark, subject)
