"""istio/mesh-wildcard-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class MeshWildcardHost(Rule[IstioObject]):
    """A VirtualService without gateway routes for the host `*`, which Istio refuses.

    ## Why
    Sidecars look up routes by the host of a Service. `*` would take the requests to all of them, so Istio's webhook
    refuses it: the host `*` is for gateways.

    ## Example
    ```yaml shop.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: shop
    spec:
      hosts:
      - "*"
      http:
      - route:
        - destination:
            host: shop
    ```

    ## Stays silent when
    - the VirtualService is bound to gateways only
    - the rule is not selected: guides show routes without their gateway, and the API server reports this at once

    ## Source
    Istio reference, "VirtualService", field `hosts`; Istio, `pkg/config/validation/validation.go`.
    """

    severity = Severity.ERROR
    group = Group.RELIABILITY

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each such host."""
        for fault in faults(graph, subject, Family.MESH_WILDCARD):
            yield self.finding_of(fault, subject)
