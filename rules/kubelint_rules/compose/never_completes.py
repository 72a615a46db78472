"""compose/never-completes."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeService

_RESTARTED = frozenset({"always", "unless-stopped"})


class NeverCompletes(Rule[ComposeService]):
    """A service waits until another one has completed, but that one is restarted whenever it ends.

    ## Why
    With `restart: always` or `unless-stopped` the engine starts the container again as soon as it ends, with success or
    not: it runs in a loop, and whether the service that waits ever starts is a matter of luck.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        depends_on:
          migrate:
            condition: service_completed_successfully
      migrate:
        image: ghcr.io/example/api:1.4
        command: ["./manage", "migrate"]
        restart: always
    ```

    ## Stays silent when
    - the restart policy is `no` or `on-failure`, or holds a variable

    ## Source
    Compose Specification, "depends_on" and "restart".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each service that is waited for and never ends."""
        del graph
        for dependency in subject.dependencies:
            condition = dependency.condition
            target = subject.project.services.get(dependency.name or "")
            if condition is None or condition.text != "service_completed_successfully" or target is None:
                continue
            restart = target.root.scalar("restart")
            if restart is not None and literal(restart) in _RESTARTED:
                yield self.finding(
                    f"`{subject.name}` waits for `{target.name}` to complete, which is always restarted",
                    condition,
                    "it ends and begins again",
                    related=[(restart, f"`{target.name}` is started again whenever it ends")],
                    help=f'give `{target.name}` `restart: "no"` or `on-failure`',
                    subject=subject,
                )
