"""repository/bound-reached."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.tree.problem import BoundExceeded


class BoundReached(Rule[BoundExceeded]):
    """A bound on size, number, depth or expansion was reached, so that a part was not checked.

    ## Why
    Repositories under check are not trusted: a few lines of YAML can expand to gigabytes. What lies beyond a bound is
    not read, and this finding says so instead of passing over it.

    ## Stays silent when
    - the bound is raised in the configuration: `limits: {depth: …, aliases: …, file-size: …, total-size: …, files: …,
      documents: …, hosts: …, objects: …, findings: …, total-findings: …}`

    ## Source
    kubelint's documentation, "Configuration", limits.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: BoundExceeded, graph: Graph) -> Iterator[Finding]:
        """Yield the problem as a finding."""
        del graph
        yield self.finding(subject.message, subject.span, help=subject.help)
