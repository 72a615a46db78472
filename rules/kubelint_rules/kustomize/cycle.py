"""kustomize/cycle."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize import members


class Cycle(Rule[members.Cycle]):
    """A kustomization builds on itself, on one that builds on it, or on a folder above one of them.

    ## Why
    kustomize refuses a folder that it is already in, and every folder above that: the build fails with "cycle
    detected".

    ## Example
    ```yaml overlays/dev/kustomization.yaml
    resources:
    - ../../base
    ```
    ```yaml base/kustomization.yaml
    resources:
    - ../overlays/dev
    ```

    ## Stays silent when
    - two kustomizations build on the same third one

    ## Source
    kustomize, `api/internal/loader`: a root that equals or contains a visited one is refused.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: members.Cycle, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of a circle."""
        del graph
        use, source, to = subject.use, subject.kustomization, subject.to
        if use.target is to:
            headline = (
                f"`{source.shown}` builds on itself" if to is source else f"`{to.shown}` builds on itself in the end"
            )
            label = "leads back to this folder" if to is source else f"leads back to `{to.shown}`"
        else:
            headline = f"`{source.shown}` builds on a folder above it"
            label = f"contains `{to.shown}`, which is being built"
        yield self.finding(
            headline,
            use.span,
            label,
            related=[(step.span, "leads on from there") for step in subject.way],
            path=[] if to is source else [to, source],
            help="move what both need into a folder beside them, and build on that",
            subject=source,
        )
