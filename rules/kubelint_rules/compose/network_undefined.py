"""compose/network-undefined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class NetworkUndefined(Rule[ComposeService]):
    """A service joins a network that the project does not declare, so Compose refuses the project.

    ## Why
    Each network except `default` must stand under the top-level `networks:`, also one that exists already (with
    `external: true`). Compose stops with "refers to undefined network" and starts nothing.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        networks:
          - backnet
    networks:
      back-end:
    ```

    ## Stays silent when
    - the network is `default`, which every project has
    - the name holds a variable, or a part of the project (a remote `include`) cannot be read
    - another compose file of the folder, or of a folder above, declares it: the two may be combined with `-f`
    - `externals:` of the configuration names it

    ## Source
    Compose Specification, "networks" of a service and the top-level "networks".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each network that no file of the project declares."""
        for reference in graph.outgoing(subject, "attaches"):
            if reference.dangling:
                names = [candidate.name for candidate in reference.candidates]
                declare = f"declare `{reference.wanted.name}` under the top-level `networks:`"
                help_text = f"write `{names[0]}`, or {declare}" if names else declare
                yield self.dangling(reference, "network", "no file of the project declares it", help=help_text)
