"""docker/unused-stage."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.links import COPIES, FROM
from kubelint.systems.docker.model import Dockerfile, Stage


class UnusedStage(Rule[Dockerfile]):
    """A stage is neither built on, nor copied from, nor anybody's target, so it is never built.

    ## Why
    BuildKit builds only what the last stage, or the target, needs. A stage that nothing needs is left over, or a
    `COPY --from` was forgotten.

    ## Example
    ```dockerfile Dockerfile
    FROM golang:1.25 AS build
    RUN go build -o /server .
    FROM alpine:3.21
    COPY server /server
    ```
    ```text server
    binary
    ```

    ## Stays silent when
    - a later stage begins with it or copies from it, by name or by number
    - a compose file or a pipeline builds it with `target`
    - it is the last stage

    ## Source
    Docker documentation, "Multi-stage builds", section "Stop at a specific build stage".
    """

    severity = Severity.WARNING
    group = Group.STYLE

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each named stage that nothing needs."""
        used: set[int] = set()
        for kind in (FROM, COPIES):
            for reference in graph.outgoing(subject, kind):
                used.update(target.stage.number for target in reference.targets if isinstance(target, Stage))
                if reference.wanted.name.isdecimal():
                    used.add(int(reference.wanted.name[:6]))
        for build in subject.builds:
            stage = subject.stage(None if build.target is None else build.target.text)
            if stage is not None:
                used.add(stage.number)
        for stage in subject.stages[:-1]:
            if stage.name is not None and stage.number not in used and not subject.unit.incomplete:
                yield self.finding(
                    f"stage `{stage.name.text}` is never used",
                    stage.name,
                    "nothing builds on it, copies from it or has it as target",
                    help="remove the stage, or copy from it",
                    subject=subject,
                )
