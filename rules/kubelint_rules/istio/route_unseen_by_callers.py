"""istio/route-unseen-by-callers."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_callers import invisible


class RouteUnseenByCallers(Rule[VirtualService]):
    """None of the known callers of a host sees the VirtualService that limits its requests.

    ## Why
    A VirtualService counts in the namespaces that `exportTo` lists, and in sidecars only if `gateways` is absent or
    has `mesh`. Where all callers are elsewhere, its timeouts, retries and faults are for nobody.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: stock
      namespace: shop
    spec:
      exportTo:
      - "."
      hosts:
      - stock
      http:
      - route:
        - destination:
            host: stock
        timeout: 3s
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: stock
      namespace: shop
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
      namespace: shop
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
    apiVersion: v1
    kind: Service
    metadata:
      name: checkout
      namespace: front
    spec:
      selector:
        app: checkout
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: checkout
      namespace: front
      annotations:
        kubelint.io/calls: stock.shop
    spec:
      selector:
        matchLabels:
          app: checkout
      template:
        metadata:
          labels:
            app: checkout
        spec:
          containers:
          - name: checkout
            image: registry.example.com/shop/checkout:2.4.1
    ```

    ## Stays silent when
    - one of the callers sees it
    - nobody is known to call the host
    - the routes have neither limits nor faults

    ## Source
    Istio reference, "VirtualService", `exportTo` and `gateways`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("timeout", "retries", "fault")

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a VirtualService that is for nobody."""
        for remark in invisible(graph, subject):
            yield self.finding_of(remark, subject)
