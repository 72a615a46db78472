"""drone/dependency-cycle."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.links import dependencies
from kubelint.systems.drone.model import DronePipeline
from kubelint.systems.drone.order import Dependency

_LONGEST = 80


class DependencyCycle(Rule[DronePipeline]):
    """Steps or pipelines wait for each other in a circle, so none of them can start.

    ## Why
    The build fails with "cyclical dependency" or, because each is unknown to the one above it, with "unknown
    dependency". Changing the order does not help: one of the dependencies has to go.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: build
      image: golang:1.22
      commands:
      - go build ./...
      depends_on:
      - test

    - name: test
      image: golang:1.22
      commands:
      - go test ./...
      depends_on:
      - build
    ```

    ## Stays silent when
    - a step waits for itself: `drone/dependency-order` says so

    ## Source
    Drone documentation, "Parallelism"; the linters of the Drone server and of the runners.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield one finding for each circle, at its first dependency in the file."""
        for _, dependency in dependencies(graph, subject):
            if dependency.cycle:
                yield self._finding(subject, dependency.cycle, dependency)

    def _finding(self, subject: DronePipeline, circle: tuple[Reference, ...], dependency: Dependency) -> Finding:
        noun = "pipelines" if dependency.step is None else "steps"
        names = [_waiting(reference) for reference in circle]
        shown = " → ".join(f"`{name}`" for name in [*names, names[0]])
        headline = f"{noun} wait for each other: {shown}"
        if len(headline) > _LONGEST:
            headline = f"{len(circle)} {noun} wait for each other in a circle"
        first, *others = circle
        return self.finding(
            headline,
            first.node,
            f"`{names[0]}` waits for `{first.wanted.name}`",
            related=[
                (reference.node, f"`{name}` waits for `{reference.wanted.name}`")
                for name, reference in zip(names[1:], others, strict=True)
            ],
            path=[*names, names[0]],
            help="remove one of these dependencies",
            subject=subject,
        )


def _waiting(reference: Reference) -> str:
    """Return the name of what waits."""
    detail = reference.detail
    if isinstance(detail, Dependency) and detail.step is not None and detail.step.name is not None:
        return detail.step.name.text
    return reference.source.name
