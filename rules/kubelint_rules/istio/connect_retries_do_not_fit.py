"""istio/connect-retries-do-not-fit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import many_connects


class ConnectRetriesDoNotFit(Rule[VirtualService]):
    """The timeout of a route leaves no room for all tries at endpoints that cannot be connected to.

    ## Why
    Where every endpoint is gone, each try takes as long as `connectTimeout`. `timeout` limits all of them together, so
    the last retries never start.

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
          attempts: 3
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
            connectTimeout: 1s
    ```

    ## Stays silent when
    - the tries fit
    - even one try does not fit: `istio/connect-timeout-too-long` reports it

    ## Source
    Istio reference, "DestinationRule", `TCPSettings.connectTimeout`; Envoy documentation, "Router" (the timeout
    includes all retries).
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route without room for its tries."""
        for remark in many_connects(graph, subject):
            yield self.finding_of(remark, subject)
