"""istio/gateway-gives-up-first."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_words import breaks_off, retry_counts, who
from kubelint.systems.istio.reach import BudgetCut, Cut, budget_cuts
from kubelint.systems.kubernetes.duration import show_duration


class GatewayGivesUpFirst(Rule[Graph]):
    """The route of a gateway ends before the calls behind it may: clients get an error meanwhile.

    ## Why
    The gateway answers 504 when its route's `timeout` is over. What the first workload still waits for, its own
    timeout and fallback included, then comes too late.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: productpage
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - timeout: 2s
        route:
        - destination:
            host: productpage
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
    - the route of the gateway has no `timeout`, or another gateway waits long enough
    - the calls behind it end sooner

    ## Source
    Istio documentation, "Traffic Management" (timeouts: the more restrictive of application and mesh takes
    precedence), "Request Timeouts"; Envoy documentation, "How do I configure timeouts?".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout that a gateway does not wait for."""
        del graph
        for cut in budget_cuts(subject):
            if cut.cut is Cut.UNREACHABLE and cut.wait.edge.from_gateway:
                yield self._finding(cut)

    def _finding(self, cut: BudgetCut) -> Finding:
        caller, callee = cut.edge.caller.name, cut.edge.services[0].name
        spent = cut.wait.budget.arithmetic.rpartition("= ")[2]
        return self.finding(
            f"the gateway waits {spent}, but `{caller}` may wait {show_duration(cut.time)} for `{callee}`",
            cut.node,
            (f"{cut.arithmetic}; " if "=" in cut.arithmetic else "") + "the client has its error by then",
            related=[*breaks_off([cut.wait]), *retry_counts([cut.wait])],
            path=cut.path,
            help=f"allow less than {spent} here, or let {who(cut.wait)} wait longer",
            subject=cut.owner,
        )
