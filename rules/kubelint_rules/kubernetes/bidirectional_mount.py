"""kubernetes/bidirectional-mount."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.pod import Container


class BidirectionalMount(Rule[Container]):
    """A container passes its mounts on to its node (`mountPropagation: Bidirectional`).

    ## Why
    What the container mounts appears on the node and in all pods that see the volume, and stays there when it ends
    without unmounting. Only privileged containers may do so.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: driver
    spec:
      containers:
      - name: driver
        image: registry.example.com/ops/driver:1.2
        securityContext:
          privileged: true
        volumeMounts:
        - name: pods
          mountPath: /var/lib/kubelet/pods
          mountPropagation: Bidirectional
      volumes:
      - name: pods
        hostPath:
          path: /var/lib/kubelet/pods
    ```

    ## Stays silent when
    - the propagation is `None`, `HostToContainer` or not set
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Volumes", section "Mount propagation".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("mountPropagation",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mount that is passed on."""
        del graph
        for mount in subject.node.items_at("volumeMounts"):
            propagation = mount.scalar("mountPropagation")
            if propagation is not None and propagation.text == "Bidirectional":
                yield self.finding(
                    f"container `{subject.label}` passes its mounts on to its node",
                    propagation,
                    "what it mounts appears on the node",
                    help="use `HostToContainer` unless the container is a storage driver",
                    subject=subject.owner,
                )
