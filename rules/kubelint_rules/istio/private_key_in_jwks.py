"""istio/private-key-in-jwks."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.habits import keys_in_the_open
from kubelint.systems.istio.model import RequestAuthentication


class PrivateKeyInJwks(Rule[RequestAuthentication]):
    """The keys for checking tokens hold a private key.

    ## Why
    Who has the private key issues tokens as he likes. For checking them the public key is enough.

    ## Example
    ```yaml reviews.yaml
    apiVersion: security.istio.io/v1
    kind: RequestAuthentication
    metadata:
      name: reviews
    spec:
      jwtRules:
      - issuer: https://login.example.com
        jwks: '{"keys": [{"kty": "EC", "crv": "P-256", "x": "f83OJ3D2", "y": "x_FEzRu9", "d": "jpsQnnGQ"}]}'
    ```

    ## Stays silent when
    - the keys are public ones, or come from `jwksUri`

    ## Source
    RFC 7518, section 6; Istio reference, "RequestAuthentication", field `jwks`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: RequestAuthentication, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each private key."""
        del graph
        for remark in keys_in_the_open(subject):
            yield self.finding_of(remark, subject)
