"""docker/duplicate-stage."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.model import Dockerfile

_RESERVED = frozenset({"scratch", "context"})


class DuplicateStage(Rule[Dockerfile]):
    """Two stages of a Dockerfile have the same name, so `--from` and `--target` mean only one of them.

    ## Why
    Docker takes the last stage of a name that stands above the line that asks. The other one is built for nothing, or
    not at all, and what was to be copied from it comes from elsewhere. `scratch` and `context` are names of Docker's
    own.

    ## Example
    ```dockerfile Dockerfile
    FROM node:22 AS build
    RUN npm run build
    FROM golang:1.25 AS Build
    RUN go build -o /server .
    FROM alpine:3.21
    COPY --from=build /server /server
    ```

    ## Stays silent when
    - the names differ in more than their case

    ## Source
    BuildKit, build checks "DuplicateStageName" and "ReservedStageName".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each stage whose name another one, or Docker, has already."""
        del graph
        seen: dict[str, int] = {}
        for stage in subject.stages:
            name = stage.name
            if name is None or name.opaque:
                continue
            lower = name.text.lower()
            if lower in _RESERVED:
                yield self.finding(
                    f"`{name.text}` cannot be the name of a stage",
                    name,
                    "Docker means something of its own by it",
                    help="give the stage another name",
                    subject=subject,
                )
            elif lower in seen:
                first = subject.stages[seen[lower]].name
                assert first is not None  # noqa: S101 - only named stages are noted
                yield self.finding(
                    f"stage `{name.text}` is there already",
                    name,
                    "`--from` and `--target` cannot tell the two apart",
                    related=[(first, "the first stage of this name")],
                    help="give one of them another name",
                    subject=subject,
                )
            else:
                seen[lower] = stage.number
