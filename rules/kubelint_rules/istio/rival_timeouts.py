"""istio/rival-timeouts."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.rivals import rivals


class RivalTimeouts(Rule[Graph]):
    """One call has two limits, of the program and of the route, and one of them never acts.

    ## Why
    The shorter one ends the call. A program that gives up before its proxy does gets neither the answer of a retry nor
    the 504 of the route; a route that ends sooner makes the program's own timeout and its fallback dead code.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - timeout: 5s
        route:
        - destination:
            host: reviews
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: productpage
    spec:
      selector:
        app: productpage
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: productpage
      annotations:
        kubelint.io/calls: reviews timeout=3s
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
            image: registry.example.com/shop/productpage:2.4.1
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
    - nothing says who calls whom: neither a variable with the host of a Service, nor `kubelint.io/calls`, nor
      another object (`docs/calls.md`)
    - both limits are equal, or only one is known
    - another caller of the host waits longer than the route

    ## Source
    Istio documentation, "Traffic Management" (timeouts: the more restrictive of application and mesh takes
    precedence), "Request Timeouts"; Envoy documentation, "How do I configure timeouts?".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each limit that never acts."""
        del graph
        for rival in rivals(subject):
            yield self.finding(
                rival.headline,
                rival.node,
                rival.label,
                related=[(rival.other, rival.reason)],
                path=rival.path,
                help=rival.help,
                severity=rival.severity,
                subject=rival.owner,
            )
