"""istio/unreachable-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Entity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Place, Rule
from kubelint.systems.istio.chains import Wait
from kubelint.systems.istio.reach import BudgetCut, DelayCut, budget_cuts, delay_cuts
from kubelint.systems.kubernetes.duration import show_duration

_MOST_CALLERS = 3


class UnreachableTimeout(Rule[Graph]):
    """A timeout or an injected delay is longer than the callers above it wait: it never takes effect.

    ## Why
    Each caller on the way has a budget: the timeout of the route that its proxy uses, and its own, which the
    annotation `kubelint.io/calls` declares. When a budget further up ends first, everything below is abandoned: a
    timeout there never fires and its fallback never answers; an injected delay makes the caller fail instead of
    slowing it down.

    ## Example
    ```yaml ratings.yaml
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
            percentage:
              value: 100
            fixedDelay: 7s
        route:
        - destination:
            host: ratings
    ```
    ```yaml bookinfo.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: ratings
    spec:
      selector:
        app: ratings
      ports:
      - port: 9080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - port: 9080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
      annotations:
        kubelint.io/calls: ratings timeout=10s
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
            image: registry.istio.io/release/examples-bookinfo-reviews-v2:1.20.3
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
            image: registry.istio.io/release/examples-bookinfo-productpage-v1:1.20.3
    ```

    ## Stays silent when
    - nothing says who calls whom: neither a variable with the host of a Service nor the annotation `kubelint.io/calls`
    - for a timeout: one of the known callers waits long enough, or has no limit
    - a VirtualService of the caller's has a route without limit that the request may take
    - the delay's percentage is absent or 0

    ## Source
    Istio documentation, "Traffic Management" (timeouts), "Fault Injection", "Request Timeouts"; Envoy documentation,
    "How do I configure timeouts?".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that lasts too long, with the callers that give up before."""
        del graph
        delays: dict[tuple[int, int], list[DelayCut]] = {}
        for cut in delay_cuts(subject):
            delays.setdefault((id(cut.service), id(cut.delay.node)), []).append(cut)
        for cuts in delays.values():
            yield self._delay(sorted(cuts, key=lambda cut: (cut.direct, cut.wait.time)))
        for budget in budget_cuts(subject):
            yield self._budget(budget)

    def _delay(self, cuts: list[DelayCut]) -> Finding:
        """Word a delay: the caller that fails for certain first, the others beside it."""
        first = cuts[0]
        delay, wait = first.delay, first.wait
        who, callee = _who(wait), wait.edge.services[0].name
        lasting = show_duration(wait.time or 0)
        share = "every request" if delay.always else f"{delay.percentage:g}% of the requests"
        own = first.edge.call
        related: list[tuple[Place, str]] = []
        note = None
        if not first.direct and own is not None and own.timeout_node is not None:
            related.append((own.timeout_node, f"`{first.edge.caller.name}` itself waits longer"))
        elif not first.direct:
            note = f"`{first.edge.caller.name}` declares no timeout of its own for `{first.edge.services[0].name}`"
        related += _givers_up([cut.wait for cut in cuts])
        return self.finding(
            f"{who} gives up on `{callee}` before the injected delay of `{delay.node.text}` is over",
            delay.node,
            f"{share} of this route takes that long",
            related=related,
            path=first.path,
            help=f"inject less than {lasting}, or let {who} wait longer than {delay.node.text}",
            note=note,
            severity=Severity.WARNING if first.direct or not delay.always else None,
            subject=first.service,
        )

    def _budget(self, cut: BudgetCut) -> Finding:
        callee, time = cut.edge.services[0].name, show_duration(cut.time)
        sum_text = f"{cut.tries} tries × {show_duration(cut.each)} = {time}; " if cut.tries > 1 else ""  # noqa: RUF001
        related = _givers_up([cut.wait])
        lasting = show_duration(cut.wait.time or 0)
        return self.finding(
            f"the {time} that `{callee}` is given can never pass: its callers give up after {lasting}",
            cut.node,
            f"{sum_text}no known caller waits this long",
            related=related,
            path=cut.path,
            help=f"allow less than {lasting} here, or let {_who(cut.wait)} wait longer than {time}",
            severity=Severity.WARNING,
            subject=cut.owner,
        )


def _givers_up(waits: list[Wait]) -> list[tuple[Place, str]]:
    """Return the values that end the attempts, each once, and what happens there."""
    places: dict[tuple[str, int, int], tuple[Place, str]] = {}
    for wait in waits:
        if wait.node is None:
            continue
        tries = f", on each of {wait.tries} tries" if wait.tries > 1 else ""
        proxy = "" if wait.by_caller or wait.edge.from_gateway else "the proxy of "
        lasting = show_duration(wait.time or 0)
        text = f"{proxy}{_who(wait)} gives up on `{wait.edge.services[0].name}` after {lasting}{tries}"
        places.setdefault(wait.node.span.key, (wait.node, text))
    return list(places.values())[:_MOST_CALLERS]


def _who(wait: Wait) -> str:
    caller: Entity = wait.caller
    return f"the gateway of `{caller.name}`" if wait.edge.from_gateway else f"`{caller.name}`"
