"""kubernetes/privilege-escalation-allowed."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions
from kubelint.systems.kubernetes.security_context import is_privileged, is_windows


class PrivilegeEscalationAllowed(Rule[PodTemplate]):
    """A container may gain more rights than it starts with: `allowPrivilegeEscalation` is not `false`.

    ## Why
    A program with the set-user-ID bit (`sudo`, `ping`, `mount`) runs as root inside a container that was started as
    somebody else. Without the switch, one such file in the image is enough.

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
    - the container sets `allowPrivilegeEscalation: false` (the pod cannot set it)
    - the container is privileged: the API server refuses `false` there, and `privileged-container` speaks of it
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Privilege Escalation". API reference,
    SecurityContext, field `allowPrivilegeEscalation`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each container that may escalate."""
        if is_windows(subject):
            return
        for violation in opinions(graph, subject, "privilege-escalation"):
            if not any(is_privileged(container) for container in violation.containers):
                yield self.finding(
                    f"{violation.who} may gain more rights than it starts with",
                    violation.node,
                    violation.label,
                    help=violation.control.help,
                    note=violation.note,
                    fix=violation.fix,
                    subject=subject.owner,
                )
