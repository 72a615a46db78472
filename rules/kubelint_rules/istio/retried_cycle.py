"""istio/retried-cycle."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_loads import cycles
from kubelint.systems.istio.chain_words import call_place


class RetriedCycle(Rule[Graph]):
    """Workloads call each other in a circle, and every call on it is retried.

    ## Why
    A request that comes back to where it began is slow for the same reason again, and each call on the way multiplies
    it. One slow server then brings all of them down.

    ## Example
    ```yaml shop.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: cart
    spec:
      selector:
        app: cart
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: cart
      annotations:
        kubelint.io/calls: stock timeout=1s attempts=2
    spec:
      selector:
        matchLabels:
          app: cart
      template:
        metadata:
          labels:
            app: cart
        spec:
          containers:
          - name: cart
            image: registry.example.com/shop/cart:2.4.1
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: stock
    spec:
      selector:
        app: stock
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: stock
      annotations:
        kubelint.io/calls: cart timeout=1s attempts=3
    spec:
      selector:
        matchLabels:
          app: stock
      template:
        metadata:
          labels:
            app: stock
        spec:
          containers:
          - name: stock
            image: registry.example.com/shop/stock:2.4.1
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: mail
    spec:
      hosts:
      - mail
      http:
      - route:
        - destination:
            host: mail
    ```

    ## Stays silent when
    - nothing says who calls whom: neither a variable with the host of a Service, nor `kubelint.io/calls`, nor
      another object (`docs/calls.md`)
    - one of the calls is not retried: the request does not multiply
    - the retries are the default ones of the mesh

    ## Source
    Google, "Site Reliability Engineering", chapter "Addressing Cascading Failures".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each circle of retried calls."""
        del graph
        for cycle in cycles(subject):
            first, *others = cycle.edges
            names = " → ".join(f"`{edge.caller.name}`" for edge in (*cycle.edges, first))
            yield self.finding(
                f"retried calls go in a circle: {names}",
                call_place(subject, first),
                f"`{first.caller.name}` retries `{first.services[0].name}`",
                related=[
                    (call_place(subject, edge), f"`{edge.caller.name}` retries `{edge.services[0].name}`")
                    for edge in others
                ],
                path=cycle.path,
                help="take the retries out of one of the calls",
                subject=first.caller,
            )
