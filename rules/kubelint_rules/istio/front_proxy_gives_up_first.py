"""istio/front-proxy-gives-up-first."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.route_callers import hasty_front_proxies


class FrontProxyGivesUpFirst(Rule[VirtualService]):
    """What stands before a gateway gives up before the route of the gateway does.

    ## Why
    A load balancer or an Ingress in front of the gateway has a timeout of its own. When it is shorter, clients get its
    error, and the timeout of the route, with the answer that people expect of it, never comes.

    ## Example
    ```yaml gateway.yaml
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: public
    spec:
      selector:
        istio: ingressgateway
      servers:
      - port:
          number: 80
          name: http
          protocol: HTTP
        hosts:
        - shop.example.com
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
    spec:
      hosts:
      - shop.example.com
      gateways:
      - public
      http:
      - timeout: 2m
        route:
        - destination:
            host: frontend
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: istio-ingressgateway
      annotations:
        service.beta.kubernetes.io/aws-load-balancer-connection-idle-timeout: "60"
    spec:
      type: LoadBalancer
      selector:
        app: istio-ingressgateway
        istio: ingressgateway
      ports:
      - name: http
        port: 80
    ```

    ## Stays silent when
    - it waits as long as the route
    - the route of the gateway has no timeout
    - nothing is said about the timeout in front

    ## Source
    AWS Load Balancer Controller and Kubernetes documentation, "Service Annotations" (connection idle timeout);
    ingress-nginx documentation, "Annotations" (`proxy-read-timeout`).
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS
    keys = ("timeout",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each timeout in front that is too short."""
        for remark in hasty_front_proxies(graph, subject):
            yield self.finding_of(remark, subject)
