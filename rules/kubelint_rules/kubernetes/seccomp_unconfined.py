"""kubernetes/seccomp-unconfined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions
from kubelint.systems.kubernetes.security_context import effective


class SeccompUnconfined(Rule[PodTemplate]):
    """A pod or container switches the filter of system calls off (`Unconfined`).

    ## Why
    The default profile of the runtime refuses some forty system calls that containers do not need and attacks do.
    `Unconfined` lets them through.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: tracer
    spec:
      containers:
      - name: tracer
        image: registry.example.com/ops/tracer:0.6
        securityContext:
          seccompProfile:
            type: Unconfined
    ```

    ## Stays silent when
    - no profile is set: that is for `seccomp-not-set`
    - the container has a profile of its own, whatever the pod says, and no container takes that of the pod
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Seccomp". Kubernetes documentation, "Restrict a
    Container's Syscalls with seccomp".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("seccompProfile",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each profile that lets everything through and takes effect."""
        in_effect = {id(effective(container, "seccompProfile", "type")) for container in subject.containers}
        for violation in opinions(graph, subject, "seccomp"):
            if id(violation.node) in in_effect:
                yield self.finding(
                    f"{violation.who} runs without a filter of system calls",
                    violation.node,
                    violation.label,
                    help=violation.control.help,
                    note=violation.note,
                    subject=subject.owner,
                )
