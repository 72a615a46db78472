"""istio/several-defaults."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import IstioObject
from kubelint.systems.istio.selecting import several_defaults


class SeveralDefaults(Rule[IstioObject]):
    """A namespace has two objects without selector of a kind of which only one applies.

    ## Why
    Sidecar, PeerAuthentication and Telemetry without selector are the default of a namespace. There is one default;
    of two the older one counts, and which one that is no file says.

    ## Example
    ```yaml policies.yaml
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: default
      namespace: bookinfo
    spec:
      mtls:
        mode: STRICT
    ---
    apiVersion: security.istio.io/v1
    kind: PeerAuthentication
    metadata:
      name: permissive
      namespace: bookinfo
    spec:
      mtls:
        mode: PERMISSIVE
    ```

    ## Stays silent when
    - the two are alternatives of each other, or files of a folder of examples
    - they are in different namespaces

    ## Source
    Istio reference, "PeerAuthentication", "Sidecar" and "Telemetry".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: IstioObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each second default of a namespace."""
        for remark in several_defaults(graph, subject):
            yield self.finding_of(remark, subject)
