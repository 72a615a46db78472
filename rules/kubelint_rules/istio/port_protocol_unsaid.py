"""istio/port-protocol-unsaid."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import unprefixed_ports
from kubelint.systems.kubernetes.model import Service


class PortProtocolUnsaid(Rule[Service]):
    """A port of a Service does not say which protocol it speaks.

    ## Why
    The proxy then looks at the first bytes. Protocols in which the server speaks first are not found out like that,
    and nobody sees from the files which routes apply.

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
      - name: web
        port: 80
        targetPort: 9080
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
    - the name begins with a protocol, or `appProtocol` is set

    ## Source
    Istio documentation, "Protocol Selection".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port without protocol."""
        for remark in unprefixed_ports(graph, subject):
            yield self.finding_of(remark, subject)
