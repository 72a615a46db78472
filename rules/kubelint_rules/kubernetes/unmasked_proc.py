"""kubernetes/unmasked-proc."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class UnmaskedProc(Rule[PodTemplate]):
    """A container asks for a `/proc` without the masks of the runtime (`procMount`).

    ## Why
    The runtime hides parts of `/proc` that give the node away or change it, such as `/proc/kcore` and
    `/proc/sysrq-trigger`. `Unmasked` shows them.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: builder
    spec:
      hostUsers: false
      containers:
      - name: builder
        image: registry.example.com/ci/builder:3.2
      - name: helper
        image: registry.example.com/ci/helper:3.2
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: runner
    spec:
      containers:
      - name: runner
        image: registry.example.com/ci/runner:3.2
        securityContext:
          procMount: Unmasked
    ```

    ## Stays silent when
    - `procMount` is `Default` or not set
    - the pod has its own user namespace (`hostUsers: false`) and Kubernetes is 1.35 or newer: that is what
      `Unmasked` is for
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "/proc Mount Type". API reference, SecurityContext,
    field `procMount`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("procMount",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "proc-mount"):
            yield self.finding(
                f"{violation.who} sees all of `/proc`",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                subject=subject.owner,
            )
