"""kubernetes/variable-not-expanded."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.expansion import Reason, unexpanded
from kubelint.systems.kubernetes.pod import Container


class VariableNotExpanded(Rule[Container]):
    """`$(NAME)` stays as it is, because no such variable is defined, or only further down.

    ## Why
    The kubelet replaces `$(NAME)` in `env`, `command` and `args` with the variable of the same container; in `env` only
    with one that stands before. What it does not know it leaves in the text, and the program gets `$(NAME)` itself.

    ## Example
    ```yaml web.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
            env:
            - name: DATABASE_URL
              value: postgres://$(DATABASE_HOST):5432/shop
            - name: DATABASE_HOST
              value: orders-db
    ```

    ## Stays silent when
    - it is written `$$(NAME)`, or is a command of the shell such as `$(hostname)`
    - the variable may come from a ConfigMap or Secret that is not here (`envFrom`), or is one of those that Services
      add
    - a kustomization replaces it (`vars`)

    ## Source
    Kubernetes documentation, "Define Dependent Environment Variables"; API reference, EnvVar, Container, VolumeMount
    (`subPathExpr`).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference that is not expanded."""
        for found in unexpanded(graph, subject):
            label, help_text = _WORDS[found.reason]
            meant = "" if found.reason is not Reason.NEAR or found.other is None else found.other.text
            yield self.finding(
                f"`$({found.name})` is not expanded" + (f"; did you mean `$({meant})`?" if meant else ""),
                found.span,
                "the container does not start" if found.fatal else label,
                related=[] if found.other is None else [(found.other, _OTHER[found.reason])],
                help=f"write `$({meant})`" if meant else help_text,
                severity=Severity.ERROR if found.fatal or found.reason is Reason.LATER else None,
                subject=subject.owner,
            )


_WORDS = {
    Reason.LATER: ("defined further down: too late", "move the definition before this variable"),
    Reason.ITSELF: ("the variable of the image is not known here", "let the command of the container add to it"),
    Reason.NEAR: ("no such variable", None),
    Reason.UNKNOWN: ("no such variable", "define the variable in `env`, or write `$$` to keep it as it is"),
}
_OTHER = {
    Reason.LATER: "defined here",
    Reason.ITSELF: "",
    Reason.NEAR: "the variable that exists",
    Reason.UNKNOWN: "",
}
