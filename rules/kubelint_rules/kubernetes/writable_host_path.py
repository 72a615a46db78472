"""kubernetes/writable-host-path."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import insert_field
from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.host_paths import HostMount, host_mounts
from kubelint.systems.kubernetes.pod import PodTemplate


class WritableHostPath(Rule[PodTemplate]):
    """A container may write to a path of its node.

    ## Why
    What it writes stays when the pod is gone, and is read by programs of the node and by other pods.

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
    - the mount is `readOnly: true`
    - the volume is not of the node
    - the volume is mounted by no container
    - the value is only known later (a template, a placeholder)

    ## Source
    API reference, VolumeMount, field `readOnly`; Kubernetes documentation, "Volumes", section "hostPath".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    fixable = True
    keys = ("hostPath",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mount of such a volume that is not read-only."""
        del graph
        for mount in host_mounts(subject):
            if not mount.read_only:
                yield self.finding(
                    f"container `{mount.container.label}` may write to `{mount.path.text}` of its node",
                    mount.node,
                    "is mounted writable",
                    related=[(mount.path, "is a path of the node")],
                    help="set `readOnly: true` on the mount",
                    fix=_fix(mount),
                    subject=subject.owner,
                )


def _fix(mount: HostMount) -> Fix | None:
    """Return the edit that makes a mount read-only; the program may have to write, so it is unsafe."""
    switch = mount.mount.scalar("readOnly")
    if switch is not None:
        edit = TextEdit(switch.span, "true") if switch.plain else None
    else:
        edit = insert_field(mount.mount, "readOnly: true")
    return None if edit is None else Fix("set `readOnly: true`", (edit,), Safety.UNSAFE)
