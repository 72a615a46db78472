"""istio/wrong-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class WrongValue(Rule[IstioObject]):
    """An Istio object has a value that the schema lets pass and Istio refuses.

    ## Why
    Istio's webhook and the rules of its definitions know more than the schema: which conditions a retry can have,
    that a selector takes no wildcard, which ports, statuses and percentages there are. Without the webhook the
    proxy gets no configuration, or one without this part.

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
      - retries:
          attempts: 3
          retryOn: 5xx,gatway-error
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the value is a placeholder
    - the schema reports the value already (`kubernetes/wrong-value`, `kubernetes/wrong-type`)

    ## Source
    Istio reference, the description of each field; Istio's CustomResourceDefinitions, `x-kubernetes-validations`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    alone = True

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that Istio does not take."""
        for fault in faults(graph, subject, Family.VALUE):
            yield self.finding_of(fault, subject)
