"""istio/destination-port-ambiguous."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.destination_ports import ambiguous_ports
from kubelint.systems.istio.model import VirtualService


class DestinationPortAmbiguous(Rule[VirtualService]):
    """A route names no port of a host that has several, and none of them is the one requests come in on.

    ## Why
    Without `port` the only port of a Service is used; where it has several, the one that the request came in on.
    That is the port of the gateway, or of the host in `hosts`. If the destination lacks it, requests get 503.

    ## Example
    ```yaml reviews.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
      namespace: ingress
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 9080
      - name: http-admin
        port: 9090
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: public
      namespace: ingress
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 80
          name: main
          protocol: HTTP
        hosts:
        - "*.example.com"
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
      namespace: ingress
    spec:
      hosts:
      - reviews.example.com
      gateways:
      - public
      http:
      - route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the host has one port, or all ports that requests come in on
    - gateway, host or destination are not in the repository

    ## Source
    Istio reference, "VirtualService", field `Destination.port`.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each destination without a port that is needed."""
        for remark in ambiguous_ports(graph, subject):
            yield self.finding_of(remark, subject)
