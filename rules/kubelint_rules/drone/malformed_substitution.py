"""drone/malformed-substitution."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.drone.model import DronePipeline
from kubelint.systems.drone.substitution import Substitution, substitutions


class MalformedSubstitution(Rule[DronePipeline]):
    """`${…}` in a form that Drone cannot expand, so the build fails before the first step.

    ## Why
    The runner expands `${…}` in the text of the whole file, comments included, before it reads any YAML. It knows only
    some of the shell's forms. At another one the build stops with "unable to parse substitution within the pipeline".

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: deploy
      image: alpine:3.19
      commands:
      - echo ${DRONE_DEPLOY_TO?no target}
    ```

    ## Stays silent when
    - the dollar sign is doubled (`$${…}`): the shell gets it as it is
    - a default, a part or an edit of the value is taken (`:-`, `:0:8`, `#`, `%`, `/`, `^`, `,`)
    - Drone expands a template instead of the file

    ## Source
    The expander of the runners (drone/envsubst), measured form by form; Drone documentation, "Environment",
    "Substitution".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each expression that cannot be expanded."""
        del graph
        document = subject.document
        for found in substitutions(document.source, document.start, document.end):
            if found.fault is not None:
                yield self._finding(subject, found)

    def _finding(self, subject: DronePipeline, found: Substitution) -> Finding:
        start = found.span
        edit = TextEdit(start.file.span(start.start, start.start + 1), "$$")
        return self.finding(
            f"Drone cannot expand `{start.text.strip()}`: {found.fault}",
            start,
            "the build fails before the first step",
            help="double the dollar sign (`$${`) if the shell is to expand it",
            fix=Fix("double the dollar sign", (edit,), Safety.UNSAFE),
            subject=subject,
        )
