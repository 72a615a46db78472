"""istio/sequential-calls-exceed-caller."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.chain_loads import rows
from kubelint.systems.istio.chain_words import breaks_off
from kubelint.systems.kubernetes.duration import show_duration


class SequentialCallsExceedCaller(Rule[Graph]):
    """Calls that follow each other take longer together than the callers wait.

    ## Why
    Each call alone fits, but a workload that makes them one after the other may need the sum of their limits. The
    attempt of its caller ends before that.

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
        kubelint.io/calls: shop timeout=3s
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
      name: shop
    spec:
      selector:
        app: shop
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: shop
      annotations:
        kubelint.io/calls: details timeout=2s, ratings timeout=2s sequential
    spec:
      selector:
        matchLabels:
          app: shop
      template:
        metadata:
          labels:
            app: shop
        spec:
          containers:
          - name: shop
            image: registry.example.com/shop/shop:2.4.1
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: details
    spec:
      selector:
        app: details
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: details
    spec:
      selector:
        matchLabels:
          app: details
      template:
        metadata:
          labels:
            app: details
        spec:
          containers:
          - name: details
            image: registry.example.com/shop/details:2.4.1
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
    - the calls are not declared `sequential`: they may be parallel
    - nothing says who calls whom: neither a variable with the host of a Service, nor `kubelint.io/calls`, nor
      another object (`docs/calls.md`)
    - one of the calls has no limit, or is too long by itself: other rules report that
    - the callers wait long enough

    ## Source
    Istio documentation, "Traffic Management" (timeouts: the more restrictive of application and mesh takes
    precedence), "Request Timeouts"; Envoy documentation, "How do I configure timeouts?".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each workload whose calls in a row take too long."""
        del graph
        for row in rows(subject):
            nodes = [wait.node for wait in row.waits if wait.node is not None]
            if not nodes:
                continue
            total = " + ".join(show_duration(term) for term in row.terms) + f" = {show_duration(row.total)}"
            yield self.finding(
                f"the calls of `{row.caller.name}` in a row may take {total}, its callers wait "
                f"{show_duration(row.limit.time)}",
                nodes[-1],
                "the last of them may never end in time",
                related=[
                    *((node, "before it") for node in nodes[:-1]),
                    *breaks_off([row.limit.wait]),
                ],
                path=(row.limit.wait.caller, row.limit.wait.edge.services[0], *row.limit.chain),
                help="make the calls in parallel, shorten their limits, or let the callers wait longer",
                subject=row.caller,
            )
