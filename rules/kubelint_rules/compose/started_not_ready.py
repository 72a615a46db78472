"""compose/started-not-ready."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class StartedNotReady(Rule[ComposeService]):
    """A service waits only until another one is started, although that one can tell when it is ready.

    ## Why
    `depends_on` as a list waits for the start of the container, not for the database in it. The first connection is
    then refused; whether the program tries again is its own affair.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        depends_on: [db]
      db:
        image: postgres:16
        healthcheck:
          test: pg_isready -U app
    ```

    ## Stays silent when
    - the dependency has a condition, or what it waits for has no health check of its own in the project

    ## Source
    Docker documentation, "Control startup and shutdown order in Compose".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each dependency that does not wait for health."""
        del graph
        for dependency in subject.dependencies:
            target = subject.project.services.get(dependency.name or "")
            if (
                dependency.field == "depends_on"
                and dependency.condition is None
                and target is not None
                and target.health_check
            ):
                yield self.finding(
                    f"`{subject.name}` does not wait until `{target.name}` is ready",
                    dependency.node,
                    "only its start is waited for",
                    related=[(target.root.key("healthcheck") or target.node, "it can tell when it is ready")],
                    help="write `condition: service_healthy`",
                    subject=subject,
                )
