"""compose/ports-on-host-network."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class PortsOnHostNetwork(Rule[ComposeService]):
    """A service that shares the host's network publishes ports, which has no effect.

    ## Why
    With `network_mode: host` the program binds the ports of the host itself, those that it listens on. `"8080:80"` does
    not move it to 8080: the engine drops the mapping with a warning.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        network_mode: host
        ports:
          - "8080:80"
    ```

    ## Stays silent when
    - the network mode holds a variable, or the list of ports is empty

    ## Source
    Compose Specification, "ports"; Docker documentation, "Host network driver".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where ports are published for nothing."""
        del graph
        key, mode = subject.root.key("ports"), subject.root.scalar("network_mode")
        if subject.uses_host_network and key is not None and mode is not None and subject.root.items_at("ports"):
            yield self.finding(
                f"`{subject.name}` publishes ports, but it shares the host's network",
                key,
                "the engine drops these mappings",
                related=[(mode, "the container has no network of its own")],
                help="remove `ports`, or `network_mode: host`",
                subject=subject,
            )
