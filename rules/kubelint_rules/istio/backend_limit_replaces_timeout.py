"""istio/backend-limit-replaces-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.gateway_api import taken_by_istio
from kubelint.systems.istio.route_retries import useless_limits
from kubelint.systems.kubernetes.gateway import Route
from kubelint.tree.node import Mapping


class BackendLimitReplacesTimeout(Rule[Route]):
    """`backendRequest` without `retry` replaces the timeout of the whole request in Istio.

    ## Why
    Istio takes `timeouts.backendRequest` as the limit of one try only where the rule has `retry`. Without it there is
    one try, and Istio writes that limit over `timeouts.request`: the longer one is not in effect, and time that the
    gateway spends besides the try is not covered.

    ## Example
    ```yaml reviews.yaml
    apiVersion: gateway.networking.k8s.io/v1
    kind: HTTPRoute
    metadata:
      name: reviews
    spec:
      parentRefs:
      - group: ""
        kind: Service
        name: reviews
        port: 9080
      rules:
      - timeouts:
          request: 10s
          backendRequest: 2s
        backendRefs:
        - name: reviews
          port: 9080
    ```
    ```yaml mesh.yaml
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: istio-system
    spec:
      mtls:
        mode: STRICT
    ```

    ## Stays silent when
    - the rule has `retry`
    - both limits are equal, or one is absent
    - the route is for a gateway of another implementation

    ## Source
    Gateway API reference, `HTTPRouteTimeouts`; Istio, `pilot/pkg/config/kube/gateway/conversion.go`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("backendRequest",)

    def check(self, subject: Route, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each rule with both limits."""
        if subject.kind != "HTTPRoute" or not taken_by_istio(graph, subject):
            return
        for node in subject.root.items_at("spec", "rules"):
            for remark in useless_limits(node) if isinstance(node, Mapping) else ():
                yield self.finding_of(remark, subject)
