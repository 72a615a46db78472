"""kubernetes/writable-root-filesystem."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import insert_field
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.pod import Container
from kubelint.systems.kubernetes.security_context import CONTEXT, context_unknown, is_true, is_windows, place
from kubelint.tree.node import Scalar


class WritableRootFilesystem(Rule[Container]):
    """A container may write to the file system of its image (`readOnlyRootFilesystem` is not `true`).

    ## Why
    What an attacker cannot write, he cannot run later: no tools, no changed programs, no cron entry. What the
    program must write belongs in a volume.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: registry.example.com/shop/web:1.4
    ```

    ## Stays silent when
    - `readOnlyRootFilesystem: true` is set in the container (the pod cannot set it)
    - the pod is for Windows, where it is not possible
    - the value is only known later (a template, a placeholder)

    ## Source
    API reference, SecurityContext, field `readOnlyRootFilesystem`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a container whose file system is not read-only."""
        del graph
        value = subject.node.scalar(CONTEXT, "readOnlyRootFilesystem")
        known = not context_unknown(subject) and not (value is not None and value.opaque)
        if is_windows(subject.template) or is_true(value) or not known:
            return
        yield self.finding(
            f"container `{subject.label}` may write to the file system of its image",
            value or place(subject),
            "says so" if value is not None else f"`{subject.label}` does not forbid it",
            help="set `securityContext.readOnlyRootFilesystem: true`, and mount volumes where it must write",
            fix=_fix(subject, value),
            subject=subject.owner,
        )


def _fix(container: Container, value: Scalar | None) -> Fix | None:
    """Return the edit that makes the file system read-only; the program may have to write, so it is unsafe."""
    if value is not None:
        edit = TextEdit(value.span, "true") if value.plain else None
    else:
        context = container.node.mapping(CONTEXT)
        edit = None if context is None else insert_field(context, "readOnlyRootFilesystem: true")
    return None if edit is None else Fix("set `readOnlyRootFilesystem: true`", (edit,), Safety.UNSAFE)
