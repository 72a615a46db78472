"""compose/swarm-only-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService

_FIELDS = ("endpoint_mode", "placement", "rollback_config", "update_config")


class SwarmOnlyField(Rule[ComposeService]):
    """A service has settings that only a swarm looks at.

    ## Why
    `docker compose up` ignores them without a word: nothing is spread over nodes or rolled back. They have an effect
    with `docker stack deploy` alone.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        deploy:
          update_config:
            order: start-first
    ```

    ## Stays silent when
    - the file is named after a stack or a swarm

    ## Source
    Compose Deploy Specification; Docker documentation, "Deploy a stack to a swarm".
    """

    severity = Severity.INFO
    group = Group.STYLE

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each setting of a swarm."""
        del graph
        deploy = subject.root.mapping("deploy")
        if deploy is None or any(
            "stack" in file.source.name or "swarm" in file.source.name for file in subject.project.files
        ):
            return
        for name in _FIELDS:
            key = deploy.key(name)
            if key is not None:
                yield self.finding(
                    f"`deploy.{name}` has no effect outside of a swarm",
                    key,
                    "`docker compose up` ignores it",
                    help="remove it, or name the file after the stack",
                    subject=subject,
                )
