"""compose/duplicate-container-name."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.clashes import replicas
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeProject, ComposeService


class DuplicateContainerName(Rule[ComposeProject]):
    """Two containers of a project get the same name, so Compose refuses the project.

    ## Why
    The engine knows each container by one name. Two services with the same `container_name`, or one with several
    replicas, cannot both have it: Compose stops with "container name … is already in use".

    ## Example
    ```yaml compose.yaml
    services:
      blue:
        image: ghcr.io/example/web:3
        container_name: web
      green:
        image: ghcr.io/example/web:4
        container_name: web
    ```

    ## Stays silent when
    - the services belong to different profiles: they are taken for alternatives
    - a variable is part of the name

    ## Source
    Compose Specification, "container_name" and "deploy.replicas"; ``CheckContainerNameUnicity`` of compose-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name that two containers want."""
        del graph
        seen: dict[str, ComposeService] = {}
        for service in subject.services.values():
            node = service.root.scalar("container_name")
            name = literal(node)
            if node is None or name is None:
                continue
            several = replicas(service)
            if several is not None:
                count, number = several
                yield self.finding(
                    f"{number} containers of `{service.name}` get the name `{name}`",
                    node,
                    "only one container can have it",
                    related=[(count, f"{number} containers are wanted here")],
                    help="remove `container_name`",
                    subject=service,
                )
            first = seen.setdefault(name, service)
            if first is service or (first.profiles and service.profiles and not first.profiles & service.profiles):
                continue
            yield self.finding(
                f"`{first.name}` and `{service.name}` have the same container name `{name}`",
                node,
                "only one container can have it",
                related=[(first.root.scalar("container_name") or first.node, f"`{first.name}` has it already")],
                help="give one of them another name, or leave the names to Compose",
                subject=service,
            )
