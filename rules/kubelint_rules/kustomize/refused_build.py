"""kustomize/refused-build."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.watch import Refusal
from kubelint.systems.kustomize.members import Collision
from kubelint.words import cut


class RefusedBuild(Rule[Refusal]):
    """kustomize refuses to build the kustomization.

    ## Why
    `kustomize build` stops at the first error and names neither line nor column. kubelint builds the kustomization in
    the same way and shows the place: a replacement whose source selects nothing, a patch that puts a mapping in the
    place of a list, a selector that is no regular expression, a reference that could mean two objects, and so on. What
    has a rule of its own (missing files, unknown fields, duplicates …) is reported by that one.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - settings.yaml
    replacements:
    - source:
        kind: Service
        name: database
      targets:
      - select:
          kind: ConfigMap
        fieldPaths:
        - data.DATABASE_HOST
    ```
    ```yaml settings.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
    data:
      DATABASE_HOST: placeholder
    ```

    ## Stays silent when
    - parts of the build are only known elsewhere and may have what is missing
    - nothing in the repository uses a component: what it is applied to is not known

    ## Source
    kustomize, `api` and `kyaml`: the errors of the build.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Refusal, graph: Graph) -> Iterator[Finding]:
        """Yield the finding of an error that no other rule has."""
        error = subject.error
        if error.cause is Cause.IDENTITY:
            if any(_is_reported(error, collision) for collision in graph.subjects(Collision)):
                return
        elif error.cause is not Cause.OTHER:
            return
        long = len(error.message) > _LONGEST
        headline = f"kustomize refuses to build `{cut(subject.root.shown)}`" if long else error.message
        label = error.message if long else error.hint or "the build stops here"
        yield self.finding(
            headline,
            error.span,
            label,
            related=[] if error.related is None else [error.related],
            help=error.hint if long and error.hint else None,
            subject=subject.root,
        )


def _is_reported(error: BuildError, collision: Collision) -> bool:
    """Tell whether two objects of one identity are a duplicate that has a rule of its own."""
    places = [collision.first.node.span, collision.second.node.span]
    return error.related is not None and error.related[0] in places


_LONGEST = 78
