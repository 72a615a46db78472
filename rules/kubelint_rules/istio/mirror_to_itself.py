"""istio/mirror-to-itself."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.mesh import mesh
from kubelint.systems.istio.model import VirtualService
from kubelint.systems.istio.routes import mirrors_to_itself


class MirrorToItself(Rule[VirtualService]):
    """Requests are mirrored to the very host and subset that they go to.

    ## Why
    Every request then arrives twice at the same pods. The answer to the copy is thrown away, its effects are not:
    orders are placed twice.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - route:
        - destination:
            host: reviews
        mirror:
          host: reviews
    ```

    ## Stays silent when
    - host or subset of the mirror differ from all destinations

    ## Source
    Istio reference, "VirtualService", `HTTPRoute.mirror`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("mirror", "mirrors")

    def check(self, subject: VirtualService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mirror of a destination to itself."""
        for remark in mirrors_to_itself(subject, mesh(graph)):
            yield self.finding_of(remark, subject)
