"""istio/waypoint-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import ServiceEntry
from kubelint.systems.istio.workloads import waypoint
from kubelint.systems.kubernetes.model import KubernetesObject, Namespace, Service


class WaypointNotFound(Rule[KubernetesObject]):
    """A label names a waypoint that does not exist under this name, or a Gateway that is no waypoint.

    ## Why
    Requests then pass no waypoint, and routes and policies that only a waypoint carries out are not used.

    ## Example
    ```yaml reviews.yaml
    apiVersion: gateway.networking.k8s.io/v1
    kind: Gateway
    metadata:
      name: waypoint
      namespace: bookinfo
    spec:
      gatewayClassName: istio-waypoint
      listeners:
      - name: mesh
        port: 15008
        protocol: HBONE
    ---
    apiVersion: v1
    kind: Namespace
    metadata:
      name: bookinfo
      labels:
        istio.io/dataplane-mode: ambient
        istio.io/use-waypoint: waypiont
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
    - no Gateway of a near name is in the repository: `istioctl` may have made it
    - the value is `none` or a placeholder

    ## Source
    Istio documentation, "Configure waypoint proxies".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True
    keys = ("istio.io/use-waypoint",)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a waypoint that does not exist."""
        if not isinstance(subject, Service | Namespace | ServiceEntry):
            return
        for remark in waypoint(graph, subject):
            yield self.finding_of(remark, subject)
