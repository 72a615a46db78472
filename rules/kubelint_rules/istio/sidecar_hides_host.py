"""istio/sidecar-hides-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.sidecars import hidden_hosts
from kubelint.systems.kubernetes.model import Workload


class SidecarHidesHost(Rule[Workload]):
    """A workload calls a Service that its Sidecar does not import.

    ## Why
    The proxy then knows neither routes nor policies for the host: timeouts, retries and subsets are not used. Where
    unknown hosts are refused (`REGISTRY_ONLY`), the call fails.

    ## Example
    ```yaml reviews.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: productpage
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: productpage
      template:
        metadata:
          labels:
            app: productpage
        spec:
          containers:
          - name: productpage
            image: registry.istio.io/release/examples-bookinfo-productpage-v1:1.20.3
            ports:
            - containerPort: 9080
            env:
            - name: REVIEWS_URL
              value: http://reviews.backend:80
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
      namespace: backend
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
        - ./*
        - istio-system/*
    ```

    ## Stays silent when
    - it is not known which Sidecar applies
    - a host of `egress` covers the Service, or the Sidecar has no `egress`

    ## Source
    Istio reference, "Sidecar", field `IstioEgressListener.hosts`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each call to a host that is hidden."""
        for remark in hidden_hosts(graph, subject):
            yield self.finding_of(remark, subject)
