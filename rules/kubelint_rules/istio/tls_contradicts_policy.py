"""istio/tls-contradicts-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import DestinationRule
from kubelint.systems.istio.mutual_tls import contradicting_rules


class TlsContradictsPolicy(Rule[DestinationRule]):
    """A DestinationRule makes clients speak plain or simple TLS to a workload that takes mutual TLS only.

    ## Why
    `tls` of a DestinationRule switches off what sidecars do by themselves. A workload whose PeerAuthentication says
    `STRICT` refuses such connections, one that says `DISABLE` refuses mutual TLS.

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
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: bookinfo
    spec:
      mtls:
        mode: STRICT
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      host: reviews
      trafficPolicy:
        tls:
          mode: DISABLE
    ```

    ## Stays silent when
    - policy and rule are alternatives of each other, or parts of different stages
    - the port has settings of its own that agree, on either side
    - several policies could be in effect

    ## Source
    Istio documentation, "TLS Configuration" and "Mutual TLS Migration"; Istio reference, "PeerAuthentication".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mode that the workload refuses."""
        for remark in contradicting_rules(graph, subject):
            yield self.finding_of(remark, subject)
