"""istio/http-policy-on-raw-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.authorities import on_raw_ports
from kubelint.systems.istio.model import AuthorizationPolicy


class HttpPolicyOnRawPort(Rule[AuthorizationPolicy]):
    """A policy looks at methods, paths or headers at a port that does not speak HTTP.

    ## Why
    The proxy reads no requests at a TCP port. There a rule with `methods` or `paths` never matches in an `ALLOW`
    policy, and counts as met in a `DENY` policy: everything is denied.

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
      - name: tcp-reviews
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
            methods: [GET]
    ```

    ## Stays silent when
    - a port says no protocol: it is found out by looking at the traffic
    - the rule names ports as well
    - workload or Service are not in the repository

    ## Source
    Istio documentation, "Security Policy Examples" and "Authorization for TCP traffic".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: AuthorizationPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each rule that cannot be met."""
        for remark in on_raw_ports(graph, subject):
            yield self.finding_of(remark, subject)
