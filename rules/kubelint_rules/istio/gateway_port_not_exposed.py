"""istio/gateway-port-not-exposed."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateways import unexposed_ports
from kubelint.systems.istio.model import Gateway


class GatewayPortNotExposed(Rule[Gateway]):
    """A Gateway listens on a port that no Service of its pods leads to.

    ## Why
    `port.number` is a port of the Service of the gateway's pods, or its `targetPort`. A server at another port
    listens, and nothing reaches it.

    ## Example
    ```yaml gateway.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: edge
      namespace: ingress
    spec:
      selector:
        matchLabels:
          istio: edge
      template:
        metadata:
          labels:
            istio: edge
        spec:
          containers:
          - name: istio-proxy
            image: auto
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: edge
      namespace: ingress
    spec:
      selector:
        istio: edge
      ports:
      - name: http
        port: 80
        targetPort: 8080
    ---
    apiVersion: networking.istio.io/v1
    kind: Gateway
    metadata:
      name: edge
      namespace: ingress
    spec:
      selector:
        istio: edge
      servers:
      - port:
          number: 8081
          name: http
          protocol: HTTP
        hosts:
        - shop.example.com
    ```

    ## Stays silent when
    - pods or Service of the gateway are not in the repository
    - a target port is a name or a placeholder
    - the number is a port of the Service: Istio listens on the `targetPort` then. With the label
      `experimental.istio.io/disable-gateway-port-translation` it does not

    ## Source
    Istio reference, "Gateway", field `Port.number`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Gateway, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that no Service leads to."""
        for remark in unexposed_ports(graph, subject):
            yield self.finding_of(remark, subject)
