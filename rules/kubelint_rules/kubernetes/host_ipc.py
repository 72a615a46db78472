"""kubernetes/host-ipc."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class HostIpc(Rule[PodTemplate]):
    """A pod shares the memory segments of its node (`hostIPC: true`).

    ## Why
    The containers reach the shared memory, semaphores and message queues of the processes of the node.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: probe
    spec:
      hostIPC: true
      containers:
      - name: probe
        image: registry.example.com/ops/probe:1.4
    ```

    ## Stays silent when
    - `hostIPC` is `false` or not set
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Host Namespaces". API reference, PodSpec, field
    `hostIPC`.
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True
    keys = ("hostIPC",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "host-ipc"):
            yield self.finding(
                f"{violation.who} shares the memory segments of its node",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                fix=violation.fix,
                subject=subject.owner,
            )
