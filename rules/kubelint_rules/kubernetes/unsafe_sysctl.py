"""kubernetes/unsafe-sysctl."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class UnsafeSysctl(Rule[PodTemplate]):
    """A pod sets a kernel parameter that is not among the safe ones.

    ## Why
    Unsafe sysctls may touch other pods of the node. The kubelet refuses the pod (`SysctlForbidden`) unless the node
    allows the name with `--allowed-unsafe-sysctls`.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: cache
    spec:
      securityContext:
        sysctls:
        - name: net.core.somaxconn
          value: "4096"
      containers:
      - name: cache
        image: registry.example.com/shop/cache:7.2
    ```

    ## Stays silent when
    - the sysctl is safe in the targeted version of Kubernetes (`net.ipv4.tcp_keepalive_time` since 1.29, say)
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Sysctls". Kubernetes documentation, "Using sysctls
    in a Kubernetes Cluster".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("sysctls",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "sysctl"):
            yield self.finding(
                f"{violation.who} sets the unsafe sysctl `{violation.node.span.text}`",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                subject=subject.owner,
            )
