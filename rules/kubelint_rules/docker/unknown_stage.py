"""docker/unknown-stage."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.links import COPIES, FROM, StageUse, Why
from kubelint.systems.docker.model import Dockerfile


class UnknownStage(Rule[Dockerfile]):
    """A Dockerfile uses a stage that does not stand above, so Docker takes the name for an image and fails.

    ## Why
    Only stages further up can be built on or copied from. Any other name is looked for in a registry: the build stops
    with "pull access denied", or runs with an image that nobody meant.

    ## Example
    ```dockerfile Dockerfile
    FROM golang:1.25 AS builder
    RUN go build -o /api ./cmd/api
    FROM gcr.io/distroless/static
    COPY --from=bulider /api /api
    ```

    ## Stays silent when
    - the name has a registry, an owner, a tag or a digest: it is an image
    - it is one of the Docker Official Images, or no stage has a similar name
    - it holds a variable, or a service of a compose file gives it under `additional_contexts`

    ## Source
    Docker documentation, "Multi-stage builds"; Dockerfile reference, "FROM", "COPY --from" and "RUN --mount".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name that is almost that of a stage, or that of a stage further down."""
        for kind in (FROM, COPIES):
            for reference in graph.outgoing(subject, kind):
                if reference.dangling and isinstance(reference.detail, StageUse):
                    yield self._finding(subject, reference, reference.detail)

    def _finding(self, subject: Dockerfile, reference: Reference, use: StageUse) -> Finding:
        name = reference.wanted.name
        if use.why is Why.NEAR:
            return self.dangling(reference, "stage", "Docker takes this for an image and looks for it in a registry")
        if use.why is Why.NO_SUCH_NUMBER:
            count = use.stage.number
            above = f"{count} stage{'' if count == 1 else 's'} above, counted from 0"
            return self.finding(
                f"there is no stage {name} above this one",
                reference.node,
                above if count else "this is the first stage",
                help="name the stage with `AS` and copy from that name",
                subject=subject,
            )
        own = use.why is Why.OWN
        return self.finding(
            f"stage `{name}` copies from itself" if own else f"stage `{name}` stands further down",
            reference.node,
            "only stages above can be copied from" if own else "Docker takes this for an image, not for that stage",
            related=[
                (candidate.node, "this is the stage that the line stands in" if own else "it begins here")
                for candidate in reference.candidates[:1]
            ],
            help="name another stage" if own else f"move stage `{name}` up",
            subject=subject,
        )
