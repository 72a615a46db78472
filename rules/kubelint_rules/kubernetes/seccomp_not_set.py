"""kubernetes/seccomp-not-set."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions
from kubelint.systems.kubernetes.security_context import is_privileged, is_windows


class SeccompNotSet(Rule[PodTemplate]):
    """A container has no filter of system calls: neither it nor its pod sets a seccomp profile.

    ## Why
    Without a profile every system call goes through, unless the nodes set `seccompDefault`. The default profile of
    the runtime fits nearly every program.

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
    - the pod sets a profile for all of its containers, or each container sets one
    - a profile is set that lets everything through: that is for `seccomp-unconfined`
    - the container is privileged, so that no profile would hold it
    - the pod is for Windows
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Seccomp" of the restricted level. Kubernetes
    documentation, "Restrict a Container's Syscalls with seccomp".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each container, or the whole pod, that has no profile."""
        if is_windows(subject):
            return
        for violation in opinions(graph, subject, "seccomp-required"):
            if violation.missing and not all(is_privileged(container) for container in violation.containers):
                yield self.finding(
                    f"{violation.who} has no filter of system calls",
                    violation.node,
                    violation.label,
                    help=violation.control.help,
                    note=violation.note,
                    subject=subject.owner,
                )
