"""istio/route-kind-unused."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.destination_ports import unfitting_sections
from kubelint.systems.istio.model import VirtualService


class RouteKindUnused(Rule[VirtualService]):
    """A VirtualService has routes of a kind that no port of its hosts has a use for, so they do nothing.

    ## Why
    The proxy reads `http` routes at ports that speak HTTP, `tls` routes at ports with TLS that it does not decrypt,
    `tcp` routes at the others. What a port speaks is said by `appProtocol` or by the beginning of its name:
    `tcp-reviews` is TCP, and timeouts, retries and header matches for it are never looked at.

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
      - name: tcp-reviews
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
      - timeout: 3s
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - a port says no protocol: it is found out by looking at the traffic
    - a host is not in the repository, or the VirtualService is bound to a gateway

    ## Source
    Istio documentation, "Protocol Selection"; Istio reference, "VirtualService", fields `http`, `tls` and `tcp`.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each section that is never used."""
        for remark in unfitting_sections(graph, subject):
            yield self.finding_of(remark, subject)
