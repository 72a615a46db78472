"""kubernetes/deprecated-api."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replace_value
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.marks import reached
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import served
from kubelint_schemas.kubernetes.lifecycle import lifecycle


class DeprecatedApi(Rule[KubernetesObject]):
    """The API version of an object is still served, but deprecated.

    ## Why
    A deprecated version is taken away some releases later. Moving on while both are served is a change of one line;
    afterwards an upgrade of the cluster waits for it.

    ## Example
    ```yaml .kubelint.yaml
    targets:
      kubernetes: "1.22"
    ```

    ```yaml budget.yaml
    apiVersion: policy/v1beta1
    kind: PodDisruptionBudget
    metadata:
      name: web
    spec:
      maxUnavailable: 1
      selector:
        matchLabels:
          app: web
    ```

    ## Stays silent when
    - the targeted version does not serve it any more: `kubernetes/removed-api` says so
    - it is not yet deprecated in the targeted version

    ## Source
    Kubernetes documentation, "Deprecated API Migration Guide" and "Kubernetes Deprecation Policy".
    """

    severity = Severity.WARNING
    group = Group.DEPRECATION
    fixable = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the version is deprecated at the target."""
        node = subject.api_version
        entry = None if node is None else lifecycle(node.text, subject.kind)
        if node is None or entry is None or not reached(graph, entry.deprecated_in) or reached(graph, entry.removed_in):
            return
        help_text = fix = None
        if entry.replacement is not None:
            as_kind = "" if entry.replacement_kind == subject.kind else f" {entry.replacement_kind}"
            since = "" if entry.replacement_since is None else f" (since {entry.replacement_since})"
            help_text = f"use `{entry.replacement}`{as_kind}{since}"
            edit = replace_value(node, entry.replacement)
            if edit is not None and not as_kind and not entry.notes and served(graph, entry.replacement, subject.kind):
                fix = Fix(f"write `{entry.replacement}`", (edit,), Safety.SAFE)
        end = f"gone in {entry.removed_in}" if entry.removed_in is not None else "its end is not set"
        yield self.finding(
            f"`{node.text}` {subject.kind} is deprecated since Kubernetes {entry.deprecated_in}",
            node,
            end,
            help=help_text,
            note="with it: " + "; ".join(entry.notes) if entry.notes else None,
            fix=fix,
            subject=subject,
        )
