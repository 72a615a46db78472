"""repository/duplicate-keys."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.tree.problem import DuplicateKey


class DuplicateKeys(Rule[DuplicateKey]):
    """A key stands twice in one mapping; most readers take the last one and drop the other in silence.

    ## Why
    `kubectl`, Drone and kustomize (for its own file) keep the last value; compose and kustomize (for resources) refuse
    the file. Either way, one of the two values that somebody wrote has no effect.

    ## Example
    ```yaml deployment.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web
    data:
      LOG_LEVEL: info
      PORT: "8080"
      LOG_LEVEL: debug
    ```

    ## Stays silent when
    - the same key stands in two different mappings, or comes from a merge key (`<<`) and is overridden on purpose

    ## Source
    YAML 1.2 specification, section 3.2.1.3: keys of a mapping are unique.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DuplicateKey, graph: Graph) -> Iterator[Finding]:
        """Yield the problem as a finding."""
        del graph
        related = [] if subject.related is None else [subject.related]
        yield self.finding(subject.message, subject.span, related=related, help=subject.help)
