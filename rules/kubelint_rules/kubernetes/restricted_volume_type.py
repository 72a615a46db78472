"""kubernetes/restricted-volume-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.pod_security_rules import HOST_PATH, opinions


class RestrictedVolumeType(Rule[PodTemplate]):
    """A pod mounts a volume of a type that the restricted level leaves to PersistentVolumes.

    ## Why
    Volumes such as `nfs`, `iscsi` or a cloud disk written into the pod name servers and disks themselves: whoever
    may create a pod mounts what he likes. Behind a PersistentVolumeClaim an administrator decides.

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
      volumes:
      - name: files
        nfs:
          server: files.example.com
          path: /shop
    ```

    ## Stays silent when
    - the volume is a `configMap`, `csi`, `downwardAPI`, `emptyDir`, `ephemeral`, `image`, `persistentVolumeClaim`,
      `projected` or `secret`
    - it is a path of the node: that is for `host-path-volume`
    - the value is only known later (a template, a placeholder)
    - the namespace enforces a level that rejects it: `pod-security-level-violated` says so

    ## Source
    Kubernetes documentation, "Pod Security Standards", control "Volume Types".
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each volume of another type."""
        for violation in opinions(graph, subject, "volume-type"):
            if HOST_PATH not in violation.what:
                yield self.finding(
                    f"{violation.who} mounts a {violation.what.removeprefix('volume type ')} volume by itself",
                    violation.node,
                    violation.label,
                    help=violation.control.help,
                    note=violation.note,
                    subject=subject.owner,
                )
