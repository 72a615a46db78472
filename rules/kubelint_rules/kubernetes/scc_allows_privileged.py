"""kubernetes/scc-allows-privileged."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.security_context import is_true


class SccAllowsPrivileged(Rule[KubernetesObject]):
    """A SecurityContextConstraints object of OpenShift admits privileged containers.

    ## Why
    Each account that may use the constraints can start a container that is root on the node.

    ## Example
    ```yaml scc.yaml
    apiVersion: security.openshift.io/v1
    kind: SecurityContextConstraints
    metadata:
      name: agents
    allowPrivilegedContainer: true
    runAsUser:
      type: RunAsAny
    seLinuxContext:
      type: RunAsAny
    ```

    ## Stays silent when
    - `allowPrivilegedContainer` is `false` or not set
    - the value is only known later (a template, a placeholder)

    ## Source
    OpenShift documentation, "Managing security context constraints".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for constraints that admit privileged containers."""
        del graph
        switch = subject.root.scalar("allowPrivilegedContainer")
        if subject.kind != "SecurityContextConstraints" or switch is None or not is_true(switch):
            return
        edit = TextEdit(switch.span, "false") if switch.plain else None
        yield self.finding(
            f"SecurityContextConstraints `{subject.name}` admits privileged containers",
            switch,
            "whoever may use it is root on the node",
            help="set `allowPrivilegedContainer: false`, and allow the capabilities that are needed",
            fix=None if edit is None else Fix("write `false`", (edit,), Safety.UNSAFE),
            subject=subject,
        )
