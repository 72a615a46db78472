"""kubernetes/removed-api."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.validation import parse_version, target, target_place
from kubelint_schemas.kubernetes.lifecycle import lifecycle


class RemovedApi(Rule[KubernetesObject]):
    """The API version of an object is no longer served by the targeted Kubernetes version.

    ## Why
    `kubectl apply` fails with "no matches for kind". What replaces the version often needs other changes too, which
    this finding names.

    ## Example
    ```yaml deployment.yaml
    apiVersion: extensions/v1beta1
    kind: Deployment
    metadata:
      name: web
    spec:
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the configuration targets a version that still serves it: `targets: {kubernetes: "1.14"}`
    - the kubespray inventory of the repository installs such a version, and no other inventory another

    ## Source
    Kubernetes documentation, "Deprecated API Migration Guide".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    alone = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the version was removed at or before the target."""
        node = subject.api_version
        entry = None if node is None else lifecycle(node.text, subject.kind)
        if node is None or entry is None or entry.removed_in is None:
            return
        wanted, removed = parse_version(target(graph)), parse_version(entry.removed_in)
        if wanted is None or removed is None or wanted < removed:
            return
        help_text = note = None
        if entry.replacement is not None:
            as_kind = "" if entry.replacement_kind == subject.kind else f" {entry.replacement_kind}"
            since = "" if entry.replacement_since is None else f" (since {entry.replacement_since})"
            help_text = f"use `{entry.replacement}`{as_kind}{since}"
        has_selector = subject.root.at("spec", "selector") is not None
        notes = [
            text
            for text in entry.notes
            # A new default is worth knowing only where the old one is what runs now; what must be edited comes first.
            if not text.startswith("`")
            and not (has_selector and text.startswith("add `spec.selector`"))
            and _concerns(subject, text)
        ]
        if notes:
            note = ("with it: " if entry.replacement else "") + "; ".join(notes)
        yield self.finding(
            f"`{node.text}` {subject.kind} was removed in Kubernetes {entry.removed_in}",
            node,
            "no longer served",
            related=target_place(graph),
            help=help_text,
            note=note,
            subject=subject,
        )


def _concerns(subject: KubernetesObject, note: str) -> bool:
    """Tell whether a note is about this object: to drop a field concerns only those that have it."""
    if not note.startswith("drop `"):
        return True
    path = note.removeprefix("drop `").partition("`")[0]
    return subject.root.at(*path.split(".")) is not None
