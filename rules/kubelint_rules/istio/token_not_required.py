"""istio/token-not-required."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import RequestAuthentication
from kubelint.systems.istio.tokens import token_not_required


class TokenNotRequired(Rule[RequestAuthentication]):
    """A RequestAuthentication checks tokens, and no policy asks for one.

    ## Why
    Requests with a wrong token are refused, requests without any are let through. Only an AuthorizationPolicy that
    asks for `requestPrincipals` makes the token necessary.

    ## Example
    ```yaml reviews.yaml
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata:
      name: reviews
      namespace: bookinfo
    spec:
      jwtRules:
      - issuer: https://login.example.com
        jwksUri: https://login.example.com/keys
    ```

    ## Stays silent when
    - a policy of the namespace or of the mesh looks at tokens
    - the rule says `presence: REQUIRED`

    ## Source
    Istio reference, "RequestAuthentication".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: RequestAuthentication, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a check that nothing builds on."""
        for remark in token_not_required(graph, subject):
            yield self.finding_of(remark, subject)
