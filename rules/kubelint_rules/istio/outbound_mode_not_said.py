"""istio/outbound-mode-not-said."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.model import Sidecar
from kubelint.systems.istio.sidecars import unsaid_mode


class OutboundModeNotSaid(Rule[Sidecar]):
    """A Sidecar has a policy for unknown hosts that does not say what happens to them.

    ## Why
    `outboundTrafficPolicy` without `mode` means `REGISTRY_ONLY`, the first value of the field: hosts that the mesh
    does not know are refused. The mesh's own default is the opposite.

    ## Example
    ```yaml sidecar.yaml
    apiVersion: networking.istio.io/v1
    kind: Sidecar
    metadata:
      name: default
    spec:
      egress:
      - hosts:
        - ./*
      outboundTrafficPolicy: {}
    ```

    ## Stays silent when
    - `mode` is set, or there is no `outboundTrafficPolicy`

    ## Source
    Istio reference, "Sidecar", `OutboundTrafficPolicy.Mode`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("outboundTrafficPolicy",)

    def check(self, subject: Sidecar, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a policy without mode."""
        del graph
        for remark in unsaid_mode(subject):
            yield self.finding_of(remark, subject)
