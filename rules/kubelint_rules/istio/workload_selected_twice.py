"""istio/workload-selected-twice."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import IstioObject
from kubelint.systems.istio.selecting import selected_twice


class WorkloadSelectedTwice(Rule[IstioObject]):
    """Two objects select one workload, and only one of them applies to it.

    ## Why
    A workload has one Sidecar, one PeerAuthentication and one Telemetry. Where two select it the older one counts;
    the other one is ignored without a word.

    ## Example
    ```yaml reviews.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      template:
        metadata:
          labels:
            app: reviews
        spec:
          containers:
          - name: reviews
            image: registry.istio.io/release/examples-bookinfo-reviews-v1:1.20.3
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      mtls:
        mode: STRICT
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: reviews-metrics
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: reviews
      portLevelMtls:
        9090:
          mode: PERMISSIVE
    ```

    ## Stays silent when
    - the two are alternatives of each other, or files of a folder of examples
    - two Telemetries are about different things (`tracing` and `metrics`)
    - the objects are of a kind that is merged (AuthorizationPolicy, RequestAuthentication, EnvoyFilter)

    ## Source
    Istio reference, "PeerAuthentication", "Sidecar" and "Telemetry".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each workload that is selected twice."""
        for remark in selected_twice(graph, subject):
            yield self.finding_of(remark, subject)
