"""istio/destination-port-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.destination_ports import unknown_ports
from kubelint.systems.istio.model import VirtualService


class DestinationPortNotFound(Rule[VirtualService]):
    """A route sends requests to a port that the host does not have: they get 503.

    ## Why
    `destination.port` is a port of the Service, not of the pods. The proxy knows no cluster for another one.

    ## Example
    ```yaml reviews.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 80
        targetPort: 9080
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
            port:
              number: 9080
    ```

    ## Stays silent when
    - the Service or ServiceEntry is not in the repository, or a part of its unit could not be read
    - any definition of the Service has the port
    - the Service is an ExternalName, or a port is a placeholder

    ## Source
    Istio reference, "VirtualService", field `Destination.port`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("number",)

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that the host does not have."""
        for remark in unknown_ports(graph, subject):
            yield self.finding_of(remark, subject)
