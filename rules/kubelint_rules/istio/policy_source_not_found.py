"""istio/policy-source-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.authorities import unknown_sources
from kubelint.systems.istio.model import AuthorizationPolicy


class PolicySourceNotFound(Rule[AuthorizationPolicy]):
    """A policy names a namespace or a ServiceAccount that does not exist under this name.

    ## Why
    The rule then admits nobody, or in a `DENY` policy keeps nobody out.

    ## Example
    ```yaml reviews.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: bookinfo-productpage
      namespace: bookinfo
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
            principals: ["cluster.local/ns/bookinfo/sa/bookinfo-productpag"]
    ```

    ## Stays silent when
    - the name has a wildcard or a placeholder
    - nothing near exists: the caller may live elsewhere

    ## Source
    Istio reference, "Authorization Policy", fields `Source.principals` and `Source.namespaces`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: AuthorizationPolicy, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each source that does not exist."""
        for remark in unknown_sources(graph, subject):
            yield self.finding_of(remark, subject)
