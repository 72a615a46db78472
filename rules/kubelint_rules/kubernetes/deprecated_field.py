"""kubernetes/deprecated-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.old_fields import field_uses


class DeprecatedField(Rule[KubernetesObject]):
    """A field still works, but is deprecated.

    ## Why
    `serviceAccount` is an old name of `serviceAccountName`; volumes of the cloud providers are handed on to CSI
    drivers. Newer fields say the same and stay.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      serviceAccount: web
      containers:
      - name: web
        image: nginx:1.27
    ```

    ## Stays silent when
    - the field does nothing any more at the targeted version: `kubernetes/removed-field` says so
    - the field is empty

    ## Source
    API reference, the descriptions of the fields; Kubernetes documentation, "Volumes".
    """

    severity = Severity.WARNING
    group = Group.DEPRECATION
    fixable = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each deprecated field that is set."""
        for use in field_uses(graph, subject):
            if use.removed:
                continue
            field = use.field
            fix = None
            if field.renamed and field.instead not in use.part.node and use.key.span.text == field.name:
                fix = Fix(f"write `{field.instead}`", (TextEdit(use.key.span, field.instead),), Safety.SAFE)
            since = "" if field.deprecated_in == "1.0" else f" since Kubernetes {field.deprecated_in}"
            yield self.finding(
                f"the field `{field.name}` is deprecated{since}",
                use.key,
                "still works" if field.removed_in is None else f"gone in {field.removed_in}",
                help=f"use `{field.instead}`" if field.renamed else f"use {field.instead}",
                fix=fix,
                subject=subject,
            )
