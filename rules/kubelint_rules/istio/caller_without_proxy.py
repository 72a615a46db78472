"""istio/caller-without-proxy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_callers import without_proxy


class CallerWithoutProxy(Rule[VirtualService]):
    """A workload calls a host past its proxy, so that the limits of the route do nothing for it.

    ## Why
    Timeouts, retries and faults of a VirtualService are applied by the proxy of the caller. Pods without one, pods in
    the network of the node, and requests to excluded ports go straight to the server.

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
      - route:
        - destination:
            host: stock
        timeout: 3s
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
        kubelint.io/calls: stock timeout=5s
    spec:
      selector:
        matchLabels:
          app: checkout
      template:
        metadata:
          labels:
            app: checkout
          annotations:
            sidecar.istio.io/inject: "false"
        spec:
          containers:
          - name: checkout
            image: registry.example.com/shop/checkout:2.4.1
    ```

    ## Stays silent when
    - the caller has a proxy, or nothing is said about it
    - nobody is known to call the host
    - the routes have neither limits nor faults

    ## Source
    Istio documentation, "Resource Labels" (`sidecar.istio.io/inject`), "Resource Annotations"
    (`traffic.sidecar.istio.io/excludeOutboundPorts`), "Installing the Sidecar" (host network).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("timeout", "retries", "fault")

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each caller that the limits do not reach."""
        for remark in without_proxy(graph, subject):
            yield self.finding_of(remark, subject)
