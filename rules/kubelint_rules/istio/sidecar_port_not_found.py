"""istio/sidecar-port-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import Sidecar
from kubelint.systems.istio.sidecars import unknown_ingress_ports


class SidecarPortNotFound(Rule[Sidecar]):
    """A Sidecar listens for a workload on a port that no Service leads to.

    ## Why
    `ingress[].port.number` is the port that requests come in on, the `targetPort` of the Service. With `ingress`
    set nothing else is listened on, so that requests to the real port fail.

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
            ports:
            - containerPort: 9080
    ---
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
      namespace: bookinfo
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
      name: reviews
      namespace: bookinfo
    spec:
      workloadSelector:
        labels:
          app: reviews
      ingress:
      - port:
          number: 80
          protocol: HTTP
          name: http
        defaultEndpoint: 127.0.0.1:8080
    ```

    ## Stays silent when
    - the Sidecar selects no workload of the repository, or its Service has named target ports

    ## Source
    Istio reference, "Sidecar", `IstioIngressListener.port`.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Sidecar, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that no Service leads to."""
        for remark in unknown_ingress_ports(graph, subject):
            yield self.finding_of(remark, subject)
