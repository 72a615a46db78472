"""istio/host-routed-twice."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateway_routes import routed_twice
from kubelint.systems.istio.model import VirtualService


class HostRoutedTwice(Rule[VirtualService]):
    """Two VirtualServices route for one host in the mesh, and sidecars use only one of them.

    ## Why
    Routes of several VirtualServices for one host are merged at gateways only. A sidecar takes the older one; the
    other does nothing, and which one that is no file says.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews-timeout
      namespace: bookinfo
    spec:
      hosts:
      - reviews.bookinfo.svc.cluster.local
      http:
      - timeout: 3s
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the two are alternatives of each other, or files of a folder of examples
    - `exportTo` keeps one of them from the namespace of the other
    - they are bound to gateways only

    ## Source
    Istio documentation, "Traffic Management Best Practices", section "Split large virtual services and destination
    rules into multiple resources".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that another VirtualService routes for."""
        for remark in routed_twice(graph, subject):
            yield self.finding_of(remark, subject)
