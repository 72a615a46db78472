"""kubernetes/custom-se-linux-options."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class CustomSeLinuxOptions(Rule[PodTemplate]):
    """A pod or container sets an SELinux type, user or role that is none of those for containers.

    ## Why
    The type decides what the process may touch on the node. `spc_t`, say, is not confined at all; a user or role of
    its own leaves the policy that was written for containers.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: backup
    spec:
      containers:
      - name: backup
        image: registry.example.com/ops/backup:4.0
        securityContext:
          seLinuxOptions:
            type: spc_t
    ```

    ## Stays silent when
    - only the `level` is set
    - the type is `container_t`, `container_init_t`, `container_kvm_t` or, from Kubernetes 1.31 on,
      `container_engine_t`
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "SELinux".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("seLinuxOptions",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "se-linux-type", "se-linux-user", "se-linux-role"):
            yield self.finding(
                f"{violation.who} sets its own SELinux {violation.control.id.rpartition('-')[2]}",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                subject=subject.owner,
            )
