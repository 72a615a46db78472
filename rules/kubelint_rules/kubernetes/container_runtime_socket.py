"""kubernetes/container-runtime-socket."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.host_paths import host_path_kind, host_paths
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import is_rejected_volume


class ContainerRuntimeSocket(Rule[PodTemplate]):
    """A pod mounts the socket of the container runtime of its node.

    ## Why
    Who talks to the runtime starts containers past the API server: privileged ones, with the disk of the node
    mounted. No quota, policy or audit sees them.

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
          path: /var/run/docker.sock
    ```

    ## Stays silent when
    - the folder is mounted and not the socket: that is for `sensitive-host-path`
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Container Runtimes" and "Volumes", section "hostPath".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("hostPath",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each socket."""
        for path in host_paths(subject):
            if host_path_kind(path.text) == "socket" and not is_rejected_volume(graph, subject, path):
                yield self.finding(
                    f"{subject.owner.kind} `{subject.owner.name}` controls the container runtime of its node",
                    path,
                    "starts any container on the node, past the API server",
                    help="build images without the socket, and ask the API server for what runs",
                    subject=subject.owner,
                )
