"""compose/dependency-on-profile."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class DependencyOnProfile(Rule[ComposeService]):
    """A service depends on one that only a profile enables, so Compose refuses to start it without that profile.

    ## Why
    `docker compose up` enables the services without `profiles`. What they depend on is not enabled with them: Compose
    stops with "depends on undefined service".

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        depends_on: [db]
      db:
        image: postgres:16
        profiles: [local]
    ```

    ## Stays silent when
    - both share a profile, or the dependency is marked `required: false`
    - `.env` sets `COMPOSE_PROFILES`, or a profile holds a variable

    It is a warning where the two have profiles, but none in common.

    ## Source
    Compose Specification, "profiles".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each dependency that may not be enabled."""
        del graph
        environment = subject.project.model.environment
        if "COMPOSE_PROFILES" in environment.known:
            return
        for dependency in subject.dependencies:
            target = subject.project.services.get(dependency.name or "")
            if target is None or not dependency.required or not target.profiles or "*" in target.profiles:
                continue
            if subject.profiles & target.profiles or any("$" in name for name in target.profiles | subject.profiles):
                continue
            shown = ", ".join(f"`{name}`" for name in sorted(target.profiles))
            yield self.finding(
                f"`{subject.name}` depends on `{target.name}`, which only a profile enables",
                dependency.node,
                "it is not enabled together with this service",
                related=[(target.root.key("profiles") or target.node, f"enabled by {shown} only")],
                help="give both the same profiles, or mark the dependency `required: false`",
                severity=Severity.WARNING if subject.profiles else Severity.ERROR,
                subject=subject,
            )
