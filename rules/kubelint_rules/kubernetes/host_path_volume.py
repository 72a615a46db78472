"""kubernetes/host-path-volume."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import opinions, volume_rule


class HostPathVolume(Rule[PodTemplate]):
    """A pod mounts a path of its node (`hostPath`).

    ## Why
    What the pod reads and writes there belongs to the node and to every pod that mounts it too; it stays behind
    when the pod moves on.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: agent
    spec:
      containers:
      - name: agent
        image: registry.example.com/ops/agent:2.4
        volumeMounts:
        - name: host
          mountPath: /host
      volumes:
      - name: host
        hostPath:
          path: /var/log/shop
    ```

    ## Stays silent when
    - `container-runtime-socket` or `sensitive-host-path` runs and speaks of the path
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "HostPath Volumes". Kubernetes documentation,
    "Volumes", section "hostPath".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("hostPath",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each volume that no more special rule speaks of."""
        for violation in opinions(graph, subject, "host-path"):
            if volume_rule(graph, violation) == self.slug():
                yield self.finding(
                    f"{violation.who} mounts a path of its node",
                    violation.node,
                    violation.label,
                    help=violation.control.help,
                    note=violation.note,
                    subject=subject.owner,
                )
