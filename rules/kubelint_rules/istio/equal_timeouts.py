"""istio/equal-timeouts."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_loads import equal_limits
from kubelint.systems.istio.chain_words import breaks_off, who
from kubelint.systems.kubernetes.duration import show_duration


class EqualTimeouts(Rule[Graph]):
    """A call ends at the same time as the one above it: its error is never seen.

    ## Why
    When both limits are the same, the outer one is over while the inner error is still on its way. The caller reports
    a timeout of its own instead of what has really failed, and fallbacks do not answer in time.

    ## Example
    ```yaml shop.yaml
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
      annotations:
        kubelint.io/calls: ratings timeout=3s
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
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: ratings
    spec:
      selector:
        app: ratings
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: ratings
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
            image: registry.example.com/shop/ratings:2.4.1
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: details
    spec:
      hosts:
      - details
      http:
      - route:
        - destination:
            host: details
    ```

    ## Stays silent when
    - nothing says who calls whom: neither a variable with the host of a Service, nor `kubelint.io/calls`, nor
      another object (`docs/calls.md`)
    - the inner limit is shorter, be it by little
    - the inner limit is longer: `istio/unreachable-timeout` reports that

    ## Source
    Istio documentation, "Traffic Management" (timeouts: the more restrictive of application and mesh takes
    precedence), "Request Timeouts"; Envoy documentation, "How do I configure timeouts?".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each limit that leaves no margin."""
        del graph
        for inner, outer in equal_limits(subject):
            if inner.node is None:
                continue
            lasting = show_duration(inner.total or 0)
            yield self.finding(
                f"{who(inner)} and {who(outer)} both give up after {lasting}",
                inner.node,
                "its error comes too late for the caller above it",
                related=breaks_off([outer]),
                path=(outer.caller, outer.edge.services[0], inner.caller, inner.edge.services[0]),
                help=f"let the inner call end some time before {lasting}",
                subject=inner.caller,
            )
