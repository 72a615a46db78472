"""istio/port-settings-unused."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.istio.destination_ports import unknown_port_settings
from kubelint.systems.istio.model import DestinationRule


class PortSettingsUnused(Rule[DestinationRule]):
    """A DestinationRule has settings for a port that the host does not have.

    ## Why
    `portLevelSettings` name ports of the Service, not of the pods. Settings for another number are used nowhere,
    and the port that was meant keeps the defaults.

    ## Example
    ```yaml reviews.yaml
    apiVersion: v1
    kind: Service
    metadata:
      name: reviews
    spec:
      selector:
        app: reviews
      ports:
      - name: http
        port: 80
        targetPort: 9080
    ---
    apiVersion: networking.istio.io/v1
    kind: DestinationRule
    metadata:
      name: reviews
    spec:
      host: reviews
      trafficPolicy:
        portLevelSettings:
        - port:
            number: 9080
          connectionPool:
            tcp:
              connectTimeout: 1s
    ```

    ## Stays silent when
    - the Service or ServiceEntry is not in the repository, or a part of its unit could not be read
    - a port is a placeholder, or the Service an ExternalName

    ## Source
    Istio reference, "DestinationRule", `TrafficPolicy.PortTrafficPolicy`.
    """

    severity = Severity.WARNING
    group = Group.CORRECTNESS
    fixable = True
    keys = ("portLevelSettings",)

    def check(self, subject: DestinationRule, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that the host does not have."""
        for remark in unknown_port_settings(graph, subject):
            yield self.finding_of(remark, subject)
