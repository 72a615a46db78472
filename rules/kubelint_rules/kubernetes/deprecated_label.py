"""kubernetes/deprecated-label."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.marks import mark_uses
from kubelint.systems.kubernetes.model import KubernetesObject


class DeprecatedLabel(Rule[KubernetesObject]):
    """A label or annotation is still read, but deprecated.

    ## Why
    Kubernetes renames labels and turns annotations into fields. The old ones go on working for some time, side by side
    with the new.

    ## Example
    ```yaml web.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: web
      annotations:
        kubernetes.io/ingress.class: nginx
    spec:
      defaultBackend:
        service:
          name: web
          port:
            number: 80
    ```

    ## Stays silent when
    - it is not read any more at the targeted version: `kubernetes/removed-label` says so
    - a selector names the new label as an alternative
    - it is a toleration

    ## Source
    Kubernetes documentation, "Well-Known Labels, Annotations and Taints".
    """

    severity = Severity.WARNING
    group = Group.DEPRECATION
    fixable = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each deprecated label or annotation."""
        for use in mark_uses(graph, subject):
            if use.removed:
                continue
            mark = use.mark
            fix = None
            if mark.renamed and mark.instead is not None and use.span.text == mark.key:
                fix = Fix(f"write `{mark.instead}`", (TextEdit(use.span, mark.instead),), Safety.UNSAFE)
            noun = "annotation" if mark.on == "annotation" else "label"
            key = use.node.text if mark.prefix else mark.key
            instead = mark.instead or ""
            yield self.finding(
                f"the {noun} `{key}` is deprecated since Kubernetes {mark.deprecated_in}",
                use.span,
                "still read" if mark.removed_in is None else f"gone in {mark.removed_in}",
                help=(f"use {instead}" if "`" in instead or " " in instead else f"use `{instead}`")
                if instead
                else None,
                fix=fix,
                subject=subject,
            )
