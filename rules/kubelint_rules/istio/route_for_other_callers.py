"""istio/route-for-other-callers."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_callers import other_callers


class RouteForOtherCallers(Rule[VirtualService]):
    """A route with limits asks for labels of its callers that no known caller of the host has.

    ## Why
    `sourceLabels` picks the workloads whose proxies use a route. Where the callers that the repository knows have
    other labels, its timeouts, retries and faults are for nobody, or the labels are wrong.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: stock
    spec:
      hosts:
      - stock
      http:
      - match:
        - sourceLabels:
            app: batch
        timeout: 30s
        route:
        - destination:
            host: stock
      - route:
        - destination:
            host: stock
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: stock
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
      name: batch
    spec:
      selector:
        app: batch
      ports:
      - name: http
        port: 8080
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: batch
    spec:
      selector:
        matchLabels:
          app: batch
      template:
        metadata:
          labels:
            app: batch
        spec:
          containers:
          - name: batch
            image: registry.example.com/shop/batch:2.4.1
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: checkout
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
      annotations:
        kubelint.io/calls: stock
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
    - nobody is known to call the host but by these labels
    - one of the known callers has the labels
    - another match of the route does not ask for labels

    ## Source
    Istio reference, "VirtualService", `HTTPMatchRequest.sourceLabels`.
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS
    keys = ("sourceLabels",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route that is for nobody."""
        for remark in other_callers(graph, subject):
            yield self.finding_of(remark, subject)
