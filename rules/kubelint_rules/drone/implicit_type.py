"""drone/implicit-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.drone.model import DronePipeline
from kubelint_schemas import drone as pack


class ImplicitType(Rule[DronePipeline]):
    """A pipeline has no `type`, which means `docker`.

    ## Why
    The default is right for most, but `drone lint` looks only at pipelines that say `type: docker`, and so passes over
    this one without a word.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the pipeline says its type

    ## Source
    Drone documentation, "Docker Pipeline", the `type` attribute; drone-cli, `drone/lint/lint.go`.
    """

    severity = Severity.INFO
    group = Group.STYLE
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the kind of a pipeline without type."""
        del graph
        kind = subject.kind_node
        if kind is None or subject.kind != pack.PIPELINE or subject.root.key("type") is not None:
            return
        end = kind.span.end
        edit = TextEdit(kind.source.span(end, end), f"\ntype: {pack.DEFAULT_TYPE}")
        yield self.finding(
            f"pipeline `{subject.name}` does not say its type",
            kind,
            f"Drone takes it for `{pack.DEFAULT_TYPE}`",
            help=f"add `type: {pack.DEFAULT_TYPE}`",
            fix=Fix(f"add `type: {pack.DEFAULT_TYPE}`", (edit,), Safety.SAFE) if kind.style is None else None,
            subject=subject,
        )
