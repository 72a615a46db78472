"""istio/unreachable-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_words import breaks_off, retry_counts, who
from kubelint.systems.istio.reach import BudgetCut, Cut, budget_cuts
from kubelint.systems.kubernetes.duration import show_duration


class UnreachableTimeout(Rule[Graph]):
    """A timeout is longer than all callers above it wait: it never takes effect.

    ## Why
    Each caller on the way has a budget: the timeout and the retries of the route that its proxy uses, and its own,
    which the annotation `kubelint.io/calls` declares. When all attempts of a caller further up are over, nobody can
    see any more what a longer timeout below it leads to: its fallback never answers, and the work goes on for nothing.

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
    - one of the known callers waits long enough, or has no limit
    - a later attempt of a caller may see it: `istio/abandoned-tries` reports that
    - a VirtualService of the caller's has a route without limit that the request may take

    ## Source
    Istio documentation, "Traffic Management" (timeouts: the more restrictive of application and mesh takes
    precedence), "Request Timeouts"; Envoy documentation, "How do I configure timeouts?".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout that nobody waits for."""
        del graph
        for cut in budget_cuts(subject):
            if cut.cut is Cut.UNREACHABLE and not cut.wait.edge.from_gateway:
                yield self._finding(cut)

    def _finding(self, cut: BudgetCut) -> Finding:
        caller, callee = cut.edge.caller.name, cut.edge.services[0].name
        spent = cut.wait.budget.arithmetic
        limit = spent if "=" in spent else f"its callers wait {spent}"
        return self.finding(
            f"{limit}, but `{caller}` may wait {show_duration(cut.time)} for `{callee}`",
            cut.node,
            (f"{cut.arithmetic}; " if "=" in cut.arithmetic else "") + "no known caller waits this long",
            related=[*breaks_off([cut.wait]), *retry_counts([cut.wait])],
            path=cut.path,
            help=f"allow less than {spent.rpartition('= ')[2]} here, or let {who(cut.wait)} wait longer",
            subject=cut.owner,
        )
