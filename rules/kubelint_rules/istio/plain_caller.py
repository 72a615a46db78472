"""istio/plain-caller."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.mutual_tls import plain_callers
from kubelint.systems.kubernetes.model import Workload


class PlainCaller(Rule[Workload]):
    """A workload without sidecar calls one that takes mutual TLS only.

    ## Why
    Only a proxy speaks the mesh's TLS. A pod with the host's network, or with `sidecar.istio.io/inject: "false"`,
    has none, and a workload with `STRICT` refuses it.

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
            sidecar.istio.io/inject: "false"
        spec:
          containers:
          - name: productpage
            image: registry.istio.io/release/examples-bookinfo-productpage-v1:1.20.3
            ports:
            - containerPort: 9080
            env:
            - name: REVIEWS_URL
              value: http://reviews:80
    ---
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
    - nothing surely keeps the sidecar out
    - a port of the called Service takes plain requests

    ## Source
    Istio reference, "PeerAuthentication"; Istio documentation, "Installing the Sidecar", section "Controlling the
    injection policy".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Workload, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each call that is refused."""
        for remark in plain_callers(graph, subject):
            yield self.finding_of(remark, subject)
