"""istio/envoy-patch-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class EnvoyPatchIgnored(Rule[IstioObject]):
    """A patch of an EnvoyFilter has an operation or a match that does not fit what it is applied to.

    ## Why
    Not every operation works everywhere: `REPLACE` does nothing to clusters, `ADD` nothing to a route
    configuration. A match on listeners says nothing about clusters and is refused. Either way Envoy's configuration
    stays what it was.

    ## Example
    ```yaml filter.yaml
    apiVersion: networking.istio.io/v1alpha3
    kind: EnvoyFilter
    metadata:
      name: idle-timeout
    spec:
      configPatches:
      - applyTo: CLUSTER
        match:
          cluster:
            service: reviews.bookinfo.svc.cluster.local
        patch:
          operation: REPLACE
          value:
            connect_timeout: 1s
    ```

    ## Stays silent when
    - `applyTo` or `operation` are placeholders

    ## Source
    Istio reference, "Envoy Filter", `EnvoyFilter.Patch.Operation` and `EnvoyConfigObjectMatch`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("configPatches",)

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each patch that does nothing."""
        for fault in faults(graph, subject, Family.PATCH):
            yield self.finding_of(fault, subject)
