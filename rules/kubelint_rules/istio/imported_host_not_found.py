"""istio/imported-host-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import Sidecar
from kubelint.systems.istio.sidecars import unknown_hosts


class ImportedHostNotFound(Rule[Sidecar]):
    """A Sidecar imports a host that the mesh does not know under this name.

    ## Why
    The entry imports nothing, and the workload does not get the host that was meant.

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
    ---
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata:
      name: default
      namespace: bookinfo
    spec:
      egress:
      - hosts:
        - ./reveiws.bookinfo.svc.cluster.local
    ```

    ## Stays silent when
    - the host has a wildcard or a placeholder
    - nothing near exists: the host may live elsewhere

    ## Source
    Istio reference, "Sidecar", field `IstioEgressListener.hosts`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: Sidecar, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that does not exist."""
        for remark in unknown_hosts(graph, subject):
            yield self.finding_of(remark, subject)
