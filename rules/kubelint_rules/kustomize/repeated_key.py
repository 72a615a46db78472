"""kustomize/repeated-key."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.generators import Generator


class RepeatedKey(Rule[Generator]):
    """A generator gets the same key twice, so the build fails.

    ## Why
    Env files, literals and files of one generator share their keys. kustomize does not let the later one win: it ends
    the build with "illegally repeats the key".

    ## Example
    ```yaml kustomization.yaml
    configMapGenerator:
    - name: settings
      literals:
      - LOG_LEVEL=info
      - LOG_LEVEL=debug
    ```

    ## Stays silent when
    - the keys are those of two generators, of which one merges into the other

    ## Source
    kustomize, `api/internal/generators`; the kustomization reference, `configMapGenerator`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Generator, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each repetition."""
        del graph
        for fault in subject.faults:
            if fault.other is not None:
                yield self.finding(
                    fault.headline,
                    fault.span,
                    fault.label,
                    related=[(fault.other, "first here")],
                    help=fault.help,
                    subject=subject.kustomization,
                )
