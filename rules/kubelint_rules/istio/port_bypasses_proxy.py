"""istio/port-bypasses-proxy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.around import bypassed_policies
from kubelint.systems.istio.model import IstioObject


class PortBypassesProxy(Rule[IstioObject]):
    """A policy is about a port that does not pass the proxy of the workload.

    ## Why
    Ports in `traffic.sidecar.istio.io/excludeInboundPorts` go to the container directly. Neither identities nor
    rules are looked at there.

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
          annotations:
            traffic.sidecar.istio.io/excludeInboundPorts: "9080"
        spec:
          containers:
          - name: reviews
            image: registry.istio.io/release/examples-bookinfo-reviews-v1:1.20.3
            ports:
            - containerPort: 9080
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
            ports: ["9080"]
    ```

    ## Stays silent when
    - the annotation is a placeholder, or the workload is not in the repository

    ## Source
    Istio reference, "Resource Annotations".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("portLevelMtls", "ports")

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that bypasses the proxy."""
        for remark in bypassed_policies(graph, subject):
            yield self.finding_of(remark, subject)
