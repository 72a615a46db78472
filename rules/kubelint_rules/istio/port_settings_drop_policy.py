"""istio/port-settings-drop-policy."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.destination_ports import dropped_blocks
from kubelint.systems.istio.model import DestinationRule


class PortSettingsDropPolicy(Rule[DestinationRule]):
    """Settings of a port take limits, outlier detection or TLS of the rule away from that port.

    ## Why
    An entry of `portLevelSettings` replaces the settings of the rule completely. What it does not repeat falls back
    to the default: no outlier detection, no limits, TLS as the mesh has it.

    ## Example
    ```yaml reviews.yaml
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      trafficPolicy:
        outlierDetection:
          consecutive5xxErrors: 3
        portLevelSettings:
        - port:
            number: 9080
          loadBalancer:
            simple: LEAST_REQUEST
    ```

    ## Stays silent when
    - the entry repeats the blocks, or the rule has none beside it

    ## Source
    Istio reference, "DestinationRule", `TrafficPolicy.PortTrafficPolicy`: fields that are not set fall back to the
    defaults.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("portLevelSettings",)

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry that drops a block."""
        del graph
        for remark in dropped_blocks(subject):
            yield self.finding_of(remark, subject)
