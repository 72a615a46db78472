"""istio/port-name-disagrees."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import disagreeing_names
from kubelint.systems.kubernetes.model import Service


class PortNameDisagrees(Rule[Service]):
    """The name of a port says another protocol than `appProtocol`.

    ## Why
    `appProtocol` counts, the name is not looked at. Who reads the name expects routes and policies for another
    protocol.

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
      - name: http-reviews
        port: 80
        targetPort: 9080
        appProtocol: tcp
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
    - the name says no protocol

    ## Source
    Istio documentation, "Protocol Selection".
    """

    severity = Severity.INFO
    group = Group.SUSPICIOUS
    keys = ("appProtocol",)

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name that disagrees."""
        for remark in disagreeing_names(graph, subject):
            yield self.finding_of(remark, subject)
