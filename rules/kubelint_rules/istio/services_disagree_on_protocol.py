"""istio/services-disagree-on-protocol."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.workloads import disagreeing_services
from kubelint.systems.kubernetes.model import Service


class ServicesDisagreeOnProtocol(Rule[Service]):
    """Two Services speak different protocols to one port of the same pods.

    ## Why
    The proxy of the pods has one listener for the port. Which of the two protocols it speaks is not defined.

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
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews-raw
      namespace: bookinfo
    spec:
      selector:
        app: reviews
      ports:
      - name: tcp
        port: 80
        targetPort: 9080
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: bookinfo
    spec:
      mtls:
        mode: STRICT
    ```

    ## Stays silent when
    - the repository has nothing of Istio
    - one of the ports says no protocol

    ## Source
    Istio documentation, "Application Requirements" (Service association).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Service, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port on which two Services disagree."""
        for remark in disagreeing_services(graph, subject):
            yield self.finding_of(remark, subject)
