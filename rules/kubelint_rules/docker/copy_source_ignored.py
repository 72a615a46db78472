"""docker/copy-source-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.model import Dockerfile, Flaw


class CopySourceIgnored(Rule[Dockerfile]):
    """A Dockerfile copies what `.dockerignore` keeps out of the build context, so the build stops there.

    ## Why
    What a pattern of `.dockerignore` matches is not sent to the builder: `COPY` stops with "not found" although the
    file lies in the folder.

    ## Example
    ```dockerfile Dockerfile
    FROM nginx:1.27
    COPY dist/ /usr/share/nginx/html/
    ```
    ```text .dockerignore
    node_modules
    dist
    ```

    ## Stays silent when
    - a later pattern with `!` takes the path, or something below it, back
    - only files below the copied folder are left out
    - the source is a pattern, or the build runs elsewhere with files that were sent there

    ## Source
    Docker documentation, "Build context", section ".dockerignore files".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each source that an ignore file leaves out."""
        del graph
        for fault in subject.source_faults:
            if fault.flaw is Flaw.IGNORED and fault.pattern is not None:
                yield self.finding(
                    f"`{fault.node.text}` is left out of the build context",
                    fault.node,
                    "the builder never sees it",
                    related=[(fault.pattern, "this pattern leaves it out")],
                    help=f"remove the pattern, or add `!{fault.path}` below it",
                    subject=subject,
                )
