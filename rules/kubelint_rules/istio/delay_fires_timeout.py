"""istio/delay-fires-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_words import breaks_off, who
from kubelint.systems.istio.reach import delay_cuts
from kubelint.systems.kubernetes.duration import show_duration


class DelayFiresTimeout(Rule[Graph]):
    """An injected delay is longer than the delayed caller waits: only its fallback is tested.

    ## Why
    The caller gives up before the delay is over, every time. That tests what it does without an answer; how the chain
    copes with a slow one is not seen.

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
        kubelint.io/calls: ratings timeout=2.5s
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
      name: ratings
    spec:
      hosts:
      - ratings
      http:
      - fault:
          delay:
            fixedDelay: 7s
            percentage:
              value: 100
        route:
        - destination:
            host: ratings
    ```

    ## Stays silent when
    - nothing says who calls whom: neither a variable with the host of a Service, nor `kubelint.io/calls`, nor
      another object (`docs/calls.md`)
    - the delay is for no request (its percentage is absent or 0)
    - the caller waits longer, or declares no timeout

    ## Source
    Istio documentation, "Fault Injection".
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS
    keys = ("fixedDelay",)

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each delay that its own caller does not wait for."""
        del graph
        seen: set[tuple[int, int]] = set()
        for cut in delay_cuts(subject):
            key = id(cut.delay.node), id(cut.edge.caller)
            if not cut.direct or key in seen:
                continue
            seen.add(key)
            yield self.finding(
                f"{who(cut.wait)} waits {show_duration(cut.wait.time or 0)}: this delay only tests its fallback",
                cut.delay.node,
                "longer than the caller waits",
                related=breaks_off([cut.wait]),
                path=cut.path,
                help=f"inject less than {show_duration(cut.wait.time or 0)} where a slow answer is meant",
                subject=cut.service,
            )
