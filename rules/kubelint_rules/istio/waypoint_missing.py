"""istio/waypoint-missing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.around import without_waypoint
from kubelint.systems.istio.model import IstioObject


class WaypointMissing(Rule[IstioObject]):
    """A policy about requests is for a namespace in ambient mode that has no waypoint.

    ## Why
    In ambient mode the node's proxy reads no requests. Routes, tokens, plugins and policies about methods or paths
    are carried out by a waypoint only; without one they do nothing, or deny everything.

    ## Example
    ```yaml bookinfo.yaml
    apiVersion: v1
    kind: Namespace
    metadata:
      name: bookinfo
      labels:
        istio.io/dataplane-mode: ambient
    ---
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      rules:
      - to:
        - operation:
            methods: [GET]
    ```

    ## Stays silent when
    - the namespace or an object of the unit has the label `istio.io/use-waypoint`
    - the policy is attached with `targetRefs`
    - the Namespace is not in the repository

    ## Source
    Istio documentation, "Use Layer 7 features" (ambient mode).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each policy that nobody carries out."""
        for remark in without_waypoint(graph, subject):
            yield self.finding_of(remark, subject)
