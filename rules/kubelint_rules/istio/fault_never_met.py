"""istio/fault-never-met."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fault_reach import unmet_faults


class FaultNeverMet(Rule[Graph]):
    """A fault is injected into calls of a version that gets no requests.

    ## Why
    The fault is injected by the proxies of those who call the host. Where all requests are routed to versions that do
    not call it, nobody meets the fault, and the test shows nothing.

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
      name: reviews-v1
    spec:
      selector:
        matchLabels:
          app: reviews
          version: v1
      template:
        metadata:
          labels:
            app: reviews
            version: v1
        spec:
          containers:
          - name: reviews
            image: registry.example.com/shop/reviews-v1:2.4.1
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews-v2
      annotations:
        kubelint.io/calls: ratings timeout=2500ms
    spec:
      selector:
        matchLabels:
          app: reviews
          version: v2
      template:
        metadata:
          labels:
            app: reviews
            version: v2
        spec:
          containers:
          - name: reviews
            image: registry.example.com/shop/reviews-v2:2.4.1
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
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      subsets:
      - name: v1
        labels:
          version: v1
      - name: v2
        labels:
          version: v2
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
            subset: v1
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
            fixedDelay: 2s
            percentage:
              value: 100
        route:
        - destination:
            host: ratings
    ```

    ## Stays silent when
    - nothing says who calls whom: neither a variable with the host of a Service, nor `kubelint.io/calls`, nor
      another object (`docs/calls.md`)
    - one of the alternatives in the repository routes requests to a caller of the host
    - it is not known where a route leads: a delegate, a subset that is not in the repository

    ## Source
    Istio documentation, "Fault Injection" (requests are routed to the version that calls `ratings` first).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("fault",)

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each fault that nobody meets."""
        del graph
        for unmet in unmet_faults(subject):
            place = unmet.routing.name_node or unmet.routing.node
            yield self.finding(
                f"no request meets this {unmet.kind}: `{unmet.caller.name}`, which would, gets none",
                unmet.key,
                f"injected into the calls of `{unmet.caller.name}`",
                related=[(place, f"no route of this leads to `{unmet.caller.name}`")],
                path=unmet.path,
                help=f"route requests to `{unmet.caller.name}`, or inject the fault where they go",
                subject=unmet.service,
            )
