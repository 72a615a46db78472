"""kubernetes/malformed-label."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.values import Family, value_faults
from kubelint.words import quoted


class MalformedLabel(Rule[KubernetesObject]):
    """A label, the key of an annotation or a part of a selector is not of the form that labels have.

    ## Why
    The value of a label has at most 63 letters, digits, dashes, underscores and dots; a key the same, with a domain and
    a slash before it. The API server refuses an object with any other, also where it is one side of a selector.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: web
      labels:
        app: web
        owner: Team Shop <shop@example.com>
    ```

    ## Stays silent when
    - it is the value of an annotation, which may be any text
    - the value is empty
    - a part of it is a placeholder

    ## Source
    Kubernetes documentation, "Labels and Selectors", section "Syntax and character set"; "Annotations".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key and value that no label can have."""
        for fault in value_faults(graph, subject, Family.LABEL):
            plain = fault.clause.startswith("the ")
            yield self.finding(
                fault.clause if plain else f"{quoted(fault.node.text)} {fault.clause}",
                fault.span,
                "no label can be like this" if fault.field != "annotations" else "no annotation can be called that",
                help=_help(fault.field, fault.clause),
                subject=subject,
            )


def _help(field: str, clause: str) -> str:
    if field == "annotations":
        return "letters, digits, `-`, `_` and `.` are allowed, behind a domain and a `/`"
    if clause.startswith("the value "):
        return "63 letters, digits, `-`, `_` and `.` are allowed; anything else goes into an annotation"
    return "63 letters, digits, `-`, `_` and `.` are allowed, and before them a domain and a `/`"
