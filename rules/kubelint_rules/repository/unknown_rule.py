"""repository/unknown-rule."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule


class UnknownRule(Rule[Graph]):
    """A directive or the configuration names a rule that does not exist, so it has no effect.

    ## Why
    A typo in a rule's name means that nothing is suppressed or selected, and that nobody notices.

    ## Example
    ```yaml configmap.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      PORT: 8080  # kubelint: ignore[kubernetes/wrong-typ] generated
    ```

    ## Stays silent when
    - the name is that of a rule, a system or a group

    ## Source
    kubelint's documentation, "Suppression".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Graph, graph: Graph) -> Iterator[Finding]:
        """Yield nothing: the runner makes these findings itself, once all rules have run."""
        del subject, graph
        return iter(())
