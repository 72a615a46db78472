"""istio/malformed-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class MalformedPolicy(Rule[IstioObject]):
    """A rule of an AuthorizationPolicy has a condition that Istio refuses.

    ## Why
    A policy that is refused protects nothing: the old one, or none, stays in effect. Conditions have a fixed set of
    keys, addresses are IP addresses or blocks, ports are numbers, paths have templates of their own. Methods are
    compared as they are written, so that `get` matches no request.

    ## Example
    ```yaml policy.yaml
    apiVersion: security.istio.io/v1
    kind: AuthorizationPolicy
    metadata:
      name: reviews
    spec:
      rules:
      - from:
        - source:
            ipBlocks:
            - 10.0.0.0/33
        when:
        - key: request.header[x-token]
          values:
          - secret
    ```

    ## Stays silent when
    - the value is a placeholder

    ## Source
    Istio reference, "Authorization Policy" and "Authorization Policy Conditions".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("rules",)

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each condition that Istio refuses."""
        for fault in faults(graph, subject, Family.POLICY):
            yield self.finding_of(fault, subject)
