"""repository/rule-crashed."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule


class RuleCrashed(Rule[Graph]):
    """A rule stopped with an internal error; the other rules went on.

    ## Why
    A defect of kubelint (or of a foreign rule pack) must neither stop the run nor look like a clean result: what
    the rule should have checked was not checked.

    ## Stays silent when
    - every rule runs to its end

    ## Source
    kubelint's documentation, "Suppression".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield nothing: the runner makes these findings itself, once all rules have run."""
        del subject, graph
        return iter(())
