"""istio/token-without-authentication."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import AuthorizationPolicy
from kubelint.systems.istio.tokens import without_authentication


class TokenWithoutAuthentication(Rule[AuthorizationPolicy]):
    """A policy looks at the token of a request, where no RequestAuthentication reads tokens.

    ## Why
    `requestPrincipals` and `request.auth.*` are known only after a RequestAuthentication has checked the token.
    Without one that is for this workload, an `ALLOW` rule is never met and a `DENY` rule with
    `notRequestPrincipals` always.

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
    kind: RequestAuthentication
    metadata:
      name: productpage
      namespace: bookinfo
    spec:
      selector:
        matchLabels:
          app: productpage
      jwtRules:
      - issuer: https://login.example.com
        jwksUri: https://login.example.com/keys
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
            requestPrincipals: ["*"]
    ```

    ## Stays silent when
    - a RequestAuthentication is for the workload, its namespace or the mesh
    - the unit has no RequestAuthentication at all: it may live elsewhere

    ## Source
    Istio reference, "Authorization Policy", field `Source.requestPrincipals`; "RequestAuthentication".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: AuthorizationPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each use of a token that nobody reads."""
        for remark in without_authentication(graph, subject):
            yield self.finding_of(remark, subject)
