"""istio/deprecated-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class DeprecatedField(Rule[IstioObject]):
    """An Istio object uses a field or a form that has been replaced.

    ## Why
    Deprecated fields are ignored or removed in a later version, and two of them beside each other are hard to read:
    `percentage` wins over `percent` where both are set.

    ## Example
    ```yaml ratings.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: ratings
    spec:
      hosts:
      - ratings
      http:
      - fault:
          delay:
            percent: 100
            fixedDelay: 2s
        route:
        - destination:
            host: ratings
    ```

    ## Stays silent when
    - the new form is used

    ## Source
    Istio reference, the fields that are marked as deprecated.
    """

    severity = Severity.WARNING
    group = Group.DEPRECATION
    fixable = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each deprecated field."""
        for fault in faults(graph, subject, Family.DEPRECATED):
            yield self.finding_of(fault, subject)
