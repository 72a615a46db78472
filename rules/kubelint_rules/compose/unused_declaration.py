"""compose/unused-declaration."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeProject
from kubelint.systems.compose.unused import unused_declarations


class UnusedDeclaration(Rule[ComposeProject]):
    """A project declares a volume, network, secret or config that no service uses.

    ## Why
    Compose creates networks and volumes only for services that use them, and says nothing. Most often the line that
    mounts the volume was forgotten: the data of the service then lies in an anonymous volume, or in the container.

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:16
        environment:
          POSTGRES_PASSWORD: example
    volumes:
      db-data:
    ```

    ## Stays silent when
    - a service of any file of the project, or of a file beside it that may be combined with it, uses the name
    - a part of the project cannot be read, or it has no services of its own
    - a service uses a similar name that nobody declares: that is reported where it is used

    ## Source
    Compose Specification, the top-level "volumes", "networks", "secrets" and "configs".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each declaration that nothing uses."""
        for noun, key in unused_declarations(graph, subject):
            verb = "mounts" if noun == "volume" else "joins" if noun == "network" else "gets"
            yield self.finding(
                f"no service uses the {noun} `{key.text}`",
                key,
                f"nothing {verb} it",
                help=f"use it under `{noun}s:` of a service, or remove it",
                subject=subject,
            )
