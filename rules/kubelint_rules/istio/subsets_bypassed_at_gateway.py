"""istio/subsets-bypassed-at-gateway."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.habits import bypassed_subsets
from kubelint.systems.istio.model import VirtualService


class SubsetsBypassedAtGateway(Rule[VirtualService]):
    """A gateway routes to a whole host of which the mesh uses one subset only.

    ## Why
    Routes for sidecars are not used at a gateway. Requests from outside reach all versions, although those from
    inside are kept to one.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      host: reviews
      subsets:
      - name: v1
        labels:
          version: v1
    ---
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
            subset: v1
    ---
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: public
      namespace: bookinfo
    spec:
      hosts:
      - reviews.example.com
      gateways:
      - public
      http:
      - route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the gateway's route names a subset
    - no VirtualService of the unit routes for the host in the mesh

    ## Source
    Istio documentation, "IneffectivePolicy" and "VirtualServiceHostNotFoundInGateway".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each route that reaches all subsets."""
        for remark in bypassed_subsets(graph, subject):
            yield self.finding_of(remark, subject)
