"""istio/timeout-on-stream."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_surroundings import cut_streams


class TimeoutOnStream(Rule[VirtualService]):
    """A route with a timeout leads to a port of gRPC: streams end with it as well.

    ## Why
    The timeout of a route is about the whole answer. A stream of gRPC is one answer that may last for hours, and ends
    in the middle when the time is over.

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
        timeout: 10s
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - name: grpc
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
    - the port is no port of gRPC
    - the route has no timeout

    ## Source
    Envoy documentation, "How do I configure timeouts?" (streams); Istio reference, "VirtualService",
    `HTTPRoute.timeout`.
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout that may end a stream."""
        for remark in cut_streams(graph, subject):
            yield self.finding_of(remark, subject)
