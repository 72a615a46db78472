"""repository/duplicate-keys."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.file import ComposeFile
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
    - a merge key (`<<`) stands twice, outside of compose: the readers of the API and of Ansible merge both

    ## Source
    YAML 1.2 specification, section 3.2.1.3: keys of a mapping are unique. Of several merge keys go.yaml.in/yaml/v2 and
    sigs.k8s.io/yaml take each; go.yaml.in/yaml/v3, with which compose reads, refuses the second.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DuplicateKey, graph: Graph) -> Iterator[Finding]:
        """Yield the problem as a finding."""
        composed = graph.once(DuplicateKeys, lambda: frozenset(file.path for file in graph.subjects(ComposeFile)))
        if subject.span.text == "<<" and subject.span.file.path not in composed:
            return
        related = [] if subject.related is None else [subject.related]
        yield self.finding(subject.message, subject.span, related=related, help=subject.help)
