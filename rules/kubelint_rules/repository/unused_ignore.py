"""repository/unused-ignore."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule


class UnusedIgnore(Rule[Graph]):
    """A directive suppresses nothing any more, and would hide the next real finding.

    ## Why
    The mistake that it was written for has been mended, or the rule no longer fires there. Left in place, it hides
    the next finding of that rule at the same place. A directive for a rule that is not selected is left alone.

    ## Example
    ```yaml configmap.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      PORT: "8080"  # kubelint: ignore[kubernetes/wrong-type] quoted since
    ```

    ## Stays silent when
    - the rule that the directive names does not run under the configuration at hand

    ## Source
    kubelint's documentation, "Suppression".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield nothing: the runner makes these findings itself, once all rules have run."""
        del subject, graph
        return iter(())
