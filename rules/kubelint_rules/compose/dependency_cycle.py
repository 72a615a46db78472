"""compose/dependency-cycle."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.links import EXTENDS
from kubelint.systems.compose.load import Extends
from kubelint.systems.compose.model import ComposeProject, Dependency


class DependencyCycle(Rule[ComposeProject]):
    """Services wait for each other in a circle, so Compose refuses the project.

    ## Why
    Compose starts a service after those that it depends on: by `depends_on`, and by what `links`, `volumes_from` and
    shared namespaces imply. In a circle none can be the first, and Compose stops with "dependency cycle detected". The
    same goes for services that extend each other and for files that include each other.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        depends_on: [proxy]
      proxy:
        image: nginx:1.27
        links:
          - api
    ```

    ## Stays silent when
    - a dependency of the circle is marked `required: false`: Compose goes on without what a profile leaves out

    ## Source
    Compose Specification, "depends_on"; ``graph.CheckCycle`` of compose-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each knot of services, and for each ``extends`` and ``include`` that comes back."""
        for circle in subject.cycles:
            yield self._circle(subject, circle)
        for reference in graph.outgoing(subject, EXTENDS):
            if isinstance(reference.detail, Extends) and reference.detail.circular:
                extends = reference.detail
                yield self.finding(
                    f"`{extends.service.text}` extends itself in the end",
                    reference.node,
                    f"`{extends.node.text}` is extended from already",
                    help="remove one `extends` of the circle",
                    subject=subject,
                )
        for node in subject.model.circles:
            yield self.finding(
                f"`{node.text}` includes itself in the end",
                node,
                "this file is being included already",
                help="remove one `include` of the circle",
                subject=subject,
            )

    def _circle(self, subject: ComposeProject, circle: list[Dependency]) -> Finding:
        names = [dependency.node.text for dependency in circle]
        first, *others = circle
        waiting = names[-1]
        way = [waiting, *names]
        shown = " → ".join(way if len(way) <= 5 else [*way[:3], "…", way[-1]])
        headline = f"`{waiting}` depends on itself" if len(circle) == 1 else f"services wait in a circle: {shown}"
        return self.finding(
            headline,
            first.node,
            "Compose cannot start any of them first" if others else "it can never be started first",
            related=[
                (dependency.node, f"`{names[index]}` {_verb(dependency.field)} `{names[index + 1]}`")
                for index, dependency in enumerate(others)
            ],
            path=[f"service/{name}" for name in way],
            help="remove one of these dependencies",
            subject=subject.services.get(waiting, subject),
        )


def _verb(field: str) -> str:
    verbs = {"depends_on": "depends on", "links": "links to", "volumes_from": "mounts the volumes of"}
    return verbs.get(field, f"shares the `{field}` of")
