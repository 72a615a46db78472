"""docker/argument-out-of-scope."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.arguments import out_of_scope
from kubelint.systems.docker.model import Dockerfile


class ArgumentOutOfScope(Rule[Dockerfile]):
    """A stage uses a build argument that it has not asked for, so the value is empty there.

    ## Why
    An `ARG` before the first `FROM` is known to `FROM` lines only, and the platform arguments (`TARGETARCH` …) are,
    too. A stage sees them after an `ARG NAME` of its own; without it Docker puts an empty text in their place and goes
    on.

    ## Example
    ```dockerfile Dockerfile
    ARG RELEASE=3.2.1
    FROM alpine:3.21
    RUN wget https://example.com/tool-${RELEASE}-linux.tar.gz
    ```

    ## Stays silent when
    - the stage, or one that it builds on, has an `ARG` or `ENV` of that name above the line
    - the use has a default (`${RELEASE:-3.2.1}`), or the shell of the `RUN` sets the variable
    - the name stands in single quotes or behind a backslash

    ## Source
    Dockerfile reference, "Understand how ARG and FROM interact" and "Automatic platform ARGs in the global scope".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the first use of each argument that a stage cannot see."""
        del graph
        for use in out_of_scope(subject):
            name = use.stage.name
            stage = f"stage `{name.text}`" if name is not None else "this stage"
            related = [] if use.declared is None else [(use.declared, "known to `FROM` lines only")]
            yield self.finding(
                f"`{use.name}` is empty in {stage}",
                use.span,
                "the stage has not asked for it",
                related=[*related, (use.stage.start.keyword, "the stage begins here")],
                help=f"add `ARG {use.name}` below this `FROM`",
                subject=subject,
            )
