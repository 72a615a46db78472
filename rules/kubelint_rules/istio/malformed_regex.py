"""istio/malformed-regex."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.fields import Family, faults
from kubelint.systems.istio.model import IstioObject


class MalformedRegex(Rule[IstioObject]):
    """A regular expression is one that Envoy's engine cannot read: the object is rejected.

    ## Why
    Istio and Envoy use RE2. It has no look-around, no back references and no possessive repetitions, on purpose:
    they make matching slow. An expression that works elsewhere may not work here.

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
      - match:
        - uri:
            regex: ^/(?!admin).*$
        route:
        - destination:
            host: reviews
    ```

    ## Stays silent when
    - the expression is a placeholder
    - it is not certain that RE2 refuses it

    ## Source
    Istio reference, "VirtualService", `StringMatch.regex`; RE2 documentation, "Syntax".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("regex", "uriRegexRewrite", "proxyVersion")

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each expression that RE2 refuses."""
        for fault in faults(graph, subject, Family.REGEX):
            yield self.finding_of(fault, subject)
