"""kubernetes/sensitive-host-path."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.host_paths import host_path_kind, host_paths
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import is_rejected_volume


class SensitiveHostPath(Rule[PodTemplate]):
    """A pod mounts a folder of its node that runs or configures the node, or holds its credentials.

    ## Why
    From `/etc`, `/usr`, `/var/lib/kubelet`, `/proc` or `/` it is one step to root on the node: write a unit or a
    key, read the tokens of every pod there.

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
          path: /etc
    ```

    ## Stays silent when
    - the path gives nothing away (`/etc/localtime`, certificates of authorities, `/dev/null`, `/lib/modules` …)
    - it is the socket of a container runtime: that is for `container-runtime-socket`
    - it is another path: that is for `host-path-volume`
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Volumes", section "hostPath".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("hostPath",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each such path."""
        for path in host_paths(subject):
            if host_path_kind(path.text) == "sensitive" and not is_rejected_volume(graph, subject, path):
                yield self.finding(
                    f"{subject.owner.kind} `{subject.owner.name}` mounts `{path.text}` of its node",
                    path,
                    "runs or configures the node, or holds its credentials",
                    help="mount the one file that is needed, read-only",
                    subject=subject.owner,
                )
