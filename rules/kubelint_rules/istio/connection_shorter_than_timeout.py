"""istio/connection-shorter-than-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import short_connections


class ConnectionShorterThanTimeout(Rule[VirtualService]):
    """Connections to a host live no longer than one request to it may take.

    ## Why
    `maxConnectionDuration` ends a connection however busy it is. A request that begins late in its life is cut before
    the timeout of the route.

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
        timeout: 60s
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
            maxConnectionDuration: 30s
    ```

    ## Stays silent when
    - connections live longer than the timeout
    - either of the two is not set

    ## Source
    Istio reference, "DestinationRule", `TCPSettings.maxConnectionDuration`; Envoy documentation, "How do I configure
    timeouts?".
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS
    keys = ("timeout",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each connection that ends too early."""
        for remark in short_connections(graph, subject):
            yield self.finding_of(remark, subject)
