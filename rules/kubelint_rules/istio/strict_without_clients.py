"""istio/strict-without-clients."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import PeerAuthentication
from kubelint.systems.istio.mutual_tls import strict_without_clients


class StrictWithoutClients(Rule[PeerAuthentication]):
    """A PeerAuthentication asks for mutual TLS in a mesh whose sidecars do not use it by themselves.

    ## Why
    With `enableAutoMtls: false` a sidecar sends plain requests unless a DestinationRule says otherwise. A workload
    with `STRICT` refuses them.

    ## Example
    ```yaml mesh.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: istio
      namespace: istio-system
    data:
      mesh: |
        enableAutoMtls: false
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: shop
    spec:
      mtls:
        mode: STRICT
    ```

    ## Stays silent when
    - automatic mutual TLS is on, as it is by default
    - a DestinationRule with `ISTIO_MUTUAL` is for hosts of the namespace, or for a wildcard

    ## Source
    Istio reference, "Global Mesh Options", field `enableAutoMtls`; "PeerAuthentication".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: PeerAuthentication, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a policy that no client meets."""
        for remark in strict_without_clients(graph, subject):
            yield self.finding_of(remark, subject)
