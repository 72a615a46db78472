"""docker/base-argument-undefined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.docker.arguments import blank_bases
from kubelint.systems.docker.model import Dockerfile


class BaseArgumentUndefined(Rule[Dockerfile]):
    """A `FROM` uses a variable that no `ARG` above the first `FROM` declares, so the image name has a hole.

    ## Why
    Only an `ARG` before the first `FROM` counts there, not one of a stage and no `ENV`. The build stops with "base name
    should not be blank" or "invalid reference format", whatever `--build-arg` says.

    ## Example
    ```dockerfile Dockerfile
    FROM golang:1.25 AS build
    ARG RUNTIME=alpine:3.21
    RUN go build -o /server .
    FROM ${RUNTIME}
    COPY --from=build /server /server
    ```

    ## Stays silent when
    - an `ARG` above the first `FROM` declares it, with a default or without
    - it is one of the platform arguments (`BUILDPLATFORM`), or the use has a default

    ## Source
    Dockerfile reference, "Understand how ARG and FROM interact".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each variable of a ``FROM`` that is empty for certain."""
        del graph
        outer = [key.text for instruction in subject.tree.preamble for key, _ in instruction.pairs]
        for use in blank_bases(subject):
            near = nearest(use.name, outer)
            related = [] if use.declared is None else [(use.declared, "this one is known to its own stage only")]
            yield self.finding(
                f"`{use.name}` is not declared above the first `FROM`",
                use.span,
                did_you_mean(near) or "so it is empty here",
                related=related,
                help=f"write `{near[0]}`" if near else f"put `ARG {use.name}` above the first `FROM`",
                subject=subject,
            )
