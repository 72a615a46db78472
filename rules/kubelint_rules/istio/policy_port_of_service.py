"""istio/policy-port-of-service."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.authorities import service_ports
from kubelint.systems.istio.model import IstioObject


class PolicyPortOfService(Rule[IstioObject]):
    """A policy names a port of the Service, where the pods listen on another one.

    ## Why
    Policies look at the port that arrives at the pod, the `targetPort`. A rule for the port of the Service allows
    or denies nothing, and `portLevelMtls` for it changes nothing.

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
            ports: ["80"]
    ```

    ## Stays silent when
    - a container declares the port, or containers declare no ports at all
    - workload or Service are not in the repository

    ## Source
    Istio reference, "Authorization Policy", field `Operation.ports`; "PeerAuthentication", field `portLevelMtls`.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS
    fixable = True
    keys = ("portLevelMtls", "ports", "notPorts")

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that is not that of the pods."""
        for remark in service_ports(graph, subject):
            yield self.finding_of(remark, subject)
