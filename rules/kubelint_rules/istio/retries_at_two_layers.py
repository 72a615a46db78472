"""istio/retries-at-two-layers."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_loads import double_retries


class RetriesAtTwoLayers(Rule[Graph]):
    """A call is retried by the program and by its proxy: the tries multiply.

    ## Why
    For each attempt of the program the proxy tries several times. Three of each are up to nine requests for one, and
    the program waits for all of them.

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
      - retries:
          attempts: 2
          retryOn: 5xx
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
        kubelint.io/calls: reviews timeout=3s retries=2
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
    - only one of the two writes retries down: the default ones of the mesh are about connections
    - `attempts` of the route is 0

    ## Source
    Istio documentation, "Traffic Management" (retries), "Request Timeouts" (the second try of Bookinfo's
    `productpage`).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each call that is retried twice over."""
        del graph
        for found in double_retries(subject):
            own, route = found.nodes
            budget, edge = found.wait.budget, found.wait.edge
            tries = 1 if budget.policy is None else budget.policy.tries
            if own is None or route is None:
                continue
            yield self.finding(
                f"`{edge.caller.name}` and its proxy both retry `{edge.services[0].name}`: "
                f"{edge.own_attempts} × {tries} = {edge.own_attempts * tries} tries",  # noqa: RUF001
                own,
                f"{edge.own_attempts} attempts of the program",
                related=[(route, f"up to {tries} tries for each of them")],
                path=(edge.caller, edge.services[0], *([found.wait.service] if found.wait.service else [])),
                help="retry in one place; `attempts: 0` switches the proxy's retries off",
                subject=edge.caller,
            )
