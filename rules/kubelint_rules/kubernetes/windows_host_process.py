"""kubernetes/windows-host-process."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions


class WindowsHostProcess(Rule[PodTemplate]):
    """A Windows pod or container runs as a process of the node (`hostProcess`).

    ## Why
    A HostProcess container is not isolated: it runs in the namespaces of the node, with the rights of the account
    that it names.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: exporter
    spec:
      hostNetwork: true
      securityContext:
        windowsOptions:
          hostProcess: true
          runAsUserName: ContainerAdministrator
      containers:
      - name: exporter
        image: registry.example.com/ops/windows-exporter:0.27
    ```

    ## Stays silent when
    - `hostProcess` is `false` or not set
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "HostProcess". Kubernetes documentation, "Create a
    Windows HostProcess Pod".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True
    keys = ("hostProcess",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each place of the pod that violates the control."""
        for violation in opinions(graph, subject, "host-process"):
            yield self.finding(
                f"{violation.who} runs as a process of its Windows node",
                violation.node,
                violation.label,
                help=violation.control.help,
                note=violation.note,
                fix=violation.fix,
                subject=subject.owner,
            )
