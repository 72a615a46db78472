"""istio/identity-never-known."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import AuthorizationPolicy
from kubelint.systems.istio.mutual_tls import unknown_identities


class IdentityNeverKnown(Rule[AuthorizationPolicy]):
    """A policy compares identities of callers at a workload that has mutual TLS switched off.

    ## Why
    `principals`, `namespaces` and service accounts are read from the certificate of the caller. Without mutual TLS
    there is none, and the rule is never met.

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
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: bookinfo
    spec:
      mtls:
        mode: DISABLE
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
      - from:
        - source:
            namespaces: [bookinfo]
    ```

    ## Stays silent when
    - mutual TLS is on or optional for the workload, or no policy of the repository says

    ## Source
    Istio reference, "Authorization Policy", field `Source`: these fields require mutual TLS enabled.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS

    def check(self, subject: AuthorizationPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each identity that is never known."""
        for remark in unknown_identities(graph, subject):
            yield self.finding_of(remark, subject)
