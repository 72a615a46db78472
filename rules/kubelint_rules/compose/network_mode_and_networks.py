"""compose/network-mode-and-networks."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class NetworkModeAndNetworks(Rule[ComposeService]):
    """A service has both `network_mode` and `networks`, so Compose refuses the project.

    ## Why
    With `network_mode` a container uses the network of the host, of another container, or none: it cannot join others.
    Compose stops with "declares mutually exclusive `network_mode` and `networks`".

    ## Example
    ```yaml compose.yaml
    services:
      agent:
        image: ghcr.io/example/agent:1
        network_mode: host
        networks: [backend]
    networks:
      backend:
    ```

    ## Stays silent when
    - the list of networks is empty

    ## Source
    Compose Specification, "network_mode"; ``checkConsistency`` of compose-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where both are set."""
        del graph
        mode, key = subject.root.key("network_mode"), subject.root.key("networks")
        if (
            mode is not None
            and key is not None
            and subject.networks
            and subject.root.scalar("network_mode") is not None
        ):
            yield self.finding(
                f"`{subject.name}` has both `network_mode` and `networks`",
                key,
                "Compose takes only one of them",
                related=[(mode, "set here")],
                help="remove one of them",
                subject=subject,
            )
