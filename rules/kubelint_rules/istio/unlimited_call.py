"""istio/unlimited-call."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_loads import unlimited_calls
from kubelint.systems.istio.chain_words import breaks_off, call_place
from kubelint.systems.kubernetes.duration import show_duration


class UnlimitedCall(Rule[Graph]):
    """A call has no limit, although the callers of its workload give up at some time.

    ## Why
    When the callers have given up, the workload still waits for an answer that nobody wants any more. Such requests
    pile up while the callee is slow.

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
        kubelint.io/calls: ratings
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
    - the program or a route limits the call
    - no caller of the workload has a limit

    ## Source
    Istio documentation, "Traffic Management" (timeouts: the more restrictive of application and mesh takes
    precedence), "Request Timeouts"; Envoy documentation, "How do I configure timeouts?".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each call without a limit below one with a limit."""
        del graph
        for edge, patience in unlimited_calls(subject):
            yield self.finding(
                f"nothing limits the call of `{edge.caller.name}` to `{edge.services[0].name}`",
                call_place(subject, edge),
                f"its callers give up after {show_duration(patience.time)}, and it waits on",
                related=breaks_off([patience.wait]),
                path=(*patience.chain, edge.services[0]),
                help=f"set a `timeout` below {show_duration(patience.time)} on a route for `{edge.services[0].name}`",
                subject=edge.caller,
            )
