"""kubernetes/privileged-container."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class PrivilegedContainer(Rule[PodTemplate]):
    """A container is privileged.

    ## Why
    A privileged container has every capability, sees every device and is held by no seccomp, AppArmor or SELinux
    profile. Whoever takes it over is root on the node.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: builder
    spec:
      containers:
      - name: builder
        image: registry.example.com/ci/builder:3.2
        securityContext:
          privileged: true
    ```

    ## Stays silent when
    - `privileged` is `false` or not set
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Privileged Containers". API reference,
    SecurityContext, field `privileged`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True
    keys = ("privileged",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "privileged"):
            yield self.finding(
                f"{violation.who} is privileged",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                fix=violation.fix,
                subject=subject.owner,
            )
