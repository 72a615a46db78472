"""istio/unknown-app-protocol."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import unknown_protocols
from kubelint.systems.kubernetes.model import Service


class UnknownAppProtocol(Rule[Service]):
    """`appProtocol` of a port is a slip of a protocol that the mesh knows.

    ## Why
    A protocol that the proxy does not know is found out by looking at the traffic, or taken for TCP: routes and
    policies for requests are not used.

    ## Example
    ```yaml reviews.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 80
        targetPort: 9080
        appProtocol: htpp
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: bookinfo
    spec:
      mtls:
        mode: STRICT
    ```

    ## Stays silent when
    - the repository has nothing of Istio
    - no protocol is near: it may be meant for somebody else

    ## Source
    Istio documentation, "Protocol Selection"; Kubernetes documentation, "Service", section "Application protocol".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("appProtocol",)

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each protocol that nobody knows."""
        for remark in unknown_protocols(graph, subject):
            yield self.finding_of(remark, subject)
