"""istio/abandoned-tries."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_words import breaks_off, retry_counts, who
from kubelint.systems.istio.reach import BudgetCut, Cut, budget_cuts
from kubelint.systems.kubernetes.duration import show_duration


class AbandonedTries(Rule[Graph]):
    """Each attempt of a caller is over before its callee is: the work is done again and again.

    ## Why
    The caller gives up on one attempt and begins the next, while the callee still works on the first. Only a later
    attempt could meet an answer in time, and the callee and all below it do the same work several times, just when
    they are slow.

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
        kubelint.io/calls: ratings timeout=5s
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
    - one of the known callers has a single attempt that is long enough, or no limit
    - all attempts together are too short: `istio/unreachable-timeout` reports that

    ## Source
    Istio documentation, "Traffic Management" (timeouts: the more restrictive of application and mesh takes
    precedence), "Request Timeouts"; Envoy documentation, "How do I configure timeouts?". Envoy documentation, "Router"
    (per-try timeouts).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout that outlasts one attempt of its callers."""
        del graph
        for cut in budget_cuts(subject):
            if cut.cut is Cut.ABANDONED:
                yield self._finding(cut)

    def _finding(self, cut: BudgetCut) -> Finding:
        caller, callee = cut.edge.caller.name, cut.edge.services[0].name
        each, time = show_duration(cut.limit), show_duration(cut.time)
        return self.finding(
            f"`{caller}` may wait {time} for `{callee}`, but each try above it ends after {each}",
            cut.node,
            f"{cut.arithmetic}: still at work when the next try begins",
            related=[*breaks_off([cut.wait]), *retry_counts([cut.wait])],
            path=cut.path,
            help=f"allow less than {each} here, or give {who(cut.wait)} one longer try instead of {cut.wait.tries}",
            note=f"the tries above it: {cut.wait.budget.arithmetic}",
            subject=cut.owner,
        )
