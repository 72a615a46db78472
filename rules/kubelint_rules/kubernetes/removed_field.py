"""kubernetes/removed-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.old_fields import field_uses


class RemovedField(Rule[KubernetesObject]):
    """A field is accepted, but what it stands for was taken out of Kubernetes.

    ## Why
    The drivers of some kinds of volumes are gone, while their fields stay in the API: pods that use them wait for ever.
    `tcpSocket` was never supported in a hook.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        volumeMounts:
        - name: site
          mountPath: /usr/share/nginx/html
      volumes:
      - name: site
        glusterfs:
          endpoints: gluster
          path: site
    ```

    ## Stays silent when
    - the targeted version still has the driver: `targets: {kubernetes: "1.25"}`
    - the field is handed on to a CSI driver (see `deprecated-field`)

    ## Source
    Kubernetes documentation, "Volumes"; API reference, Volume, PersistentVolumeSpec, LifecycleHandler.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = (
        "cephfs",
        "flocker",
        "glusterfs",
        "photonPersistentDisk",
        "quobyte",
        "rbd",
        "scaleIO",
        "storageos",
        "tcpSocket",
    )

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each field that has no meaning any more."""
        for use in field_uses(graph, subject):
            if use.removed:
                field = use.field
                since = "" if field.removed_in == "1.0" else f" since Kubernetes {field.removed_in}"
                yield self.finding(
                    f"`{field.name}` is not supported{since}",
                    use.key,
                    field.why or "without effect",
                    help=f"use {field.instead}",
                    subject=subject,
                )
