"""istio/selector-in-root-namespace."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import IstioObject
from kubelint.systems.istio.selecting import ignored_in_root


class SelectorInRootNamespace(Rule[IstioObject]):
    """A PeerAuthentication or a Sidecar of the root namespace has a selector, and so applies to nothing.

    ## Why
    In the root namespace these kinds hold the defaults of the whole mesh, and only those without selector do. One
    with a selector selects workloads of the root namespace itself, not of the mesh.

    ## Example
    ```yaml mesh.yaml
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: reviews
      namespace: istio-system
    spec:
      selector:
        matchLabels:
          app: reviews
      mtls:
        mode: STRICT
    ```

    ## Stays silent when
    - the selector selects a workload of the root namespace
    - the root namespace is another one (`targets.istio.root-namespace`, or `rootNamespace` of a MeshConfig)

    ## Source
    Istio reference, "PeerAuthentication", field `selector`; "Sidecar", field `workloadSelector`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("selector", "workloadSelector")

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each selector that does nothing."""
        for remark in ignored_in_root(graph, subject):
            yield self.finding_of(remark, subject)
