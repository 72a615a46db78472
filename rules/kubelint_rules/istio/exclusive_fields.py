"""istio/exclusive-fields."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class ExclusiveFields(Rule[IstioObject]):
    """Fields of an Istio object are set together that exclude each other.

    ## Why
    A request is routed, redirected or answered, not two of them; a policy is bound by a selector or attached to a
    target; a certificate comes from a Secret or from files. Istio does not choose.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: VirtualService
    metadata:
      name: reviews
    spec:
      hosts:
      - reviews
      http:
      - redirect:
          authority: reviews.example.com
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - one of the fields is empty or null

    ## Source
    Istio reference, the description of each field; Istio's CustomResourceDefinitions, `x-kubernetes-validations`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each pair of fields that exclude each other."""
        for fault in faults(graph, subject, Family.EXCLUSIVE):
            yield self.finding_of(fault, subject)
