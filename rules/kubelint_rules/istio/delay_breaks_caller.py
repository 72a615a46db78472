"""istio/delay-breaks-caller."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.istio.chain_words import breaks_off, who
from kubelint.systems.istio.reach import DelayCut, delay_cuts
from kubelint.systems.kubernetes.duration import show_duration


class DelayBreaksCaller(Rule[Graph]):
    """An injected delay is longer than a caller further up waits: it makes that caller fail.

    ## Why
    The delay is injected where the last caller's proxy sends the request, and neither timeout nor retries of that
    route cut it. But each attempt further up has a limit of its own, and the same delay hits every attempt. So the
    request fails there, although the caller that is delayed would wait.

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
        kubelint.io/calls: reviews timeout=3s attempts=2
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
    - the caller whose request is delayed gives up itself: `istio/delay-fires-timeout` reports that
    - all attempts above it last longer

    ## Source
    Istio documentation, "Fault Injection" (the delay and the hard-coded timeouts of Bookinfo); Istio documentation,
    "Traffic Management" (timeouts: the more restrictive of application and mesh takes precedence), "Request Timeouts";
    Envoy documentation, "How do I configure timeouts?".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("fixedDelay",)

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each delay that a caller further up does not wait for, all such callers beside it."""
        del graph
        delays: dict[tuple[int, int], list[DelayCut]] = {}
        for cut in delay_cuts(subject):
            if not cut.direct:
                delays.setdefault((id(cut.service), id(cut.delay.node)), []).append(cut)
        for cuts in delays.values():
            yield self._finding(sorted(cuts, key=lambda cut: cut.wait.time or 0))

    def _finding(self, cuts: list[DelayCut]) -> Finding:
        first = cuts[0]
        delay, wait, own = first.delay, first.wait, first.edge.call
        callee, lasting = wait.edge.services[0].name, show_duration(wait.time or 0)
        related: list[tuple[Place, str]] = []
        note = None
        if own is not None and own.timeout_node is not None:
            related.append((own.timeout_node, f"`{first.edge.caller.name}` itself waits longer"))
        else:
            note = f"`{first.edge.caller.name}` declares no timeout of its own for `{first.edge.services[0].name}`"
        related += breaks_off([cut.wait for cut in cuts])
        share = "every request" if delay.always else f"{delay.percentage:g}% of the requests"
        return self.finding(
            f"{who(wait)} gives up on `{callee}` before the injected delay of `{delay.node.text}` is over",
            delay.node,
            f"{share} of this route takes that long",
            related=related,
            path=first.path,
            help=f"inject less than {lasting}, or let {who(wait)} wait longer than {delay.node.text}",
            note=note,
            severity=None if delay.always else Severity.WARNING,
            subject=first.service,
        )
