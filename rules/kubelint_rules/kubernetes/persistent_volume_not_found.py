"""kubernetes/persistent-volume-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class PersistentVolumeNotFound(Rule[KubernetesObject]):
    """A claim asks for a PersistentVolume that does not exist under this name.

    ## Why
    A claim with `volumeName` is bound to that very volume and to no other: it stays `Pending`, and so do the pods
    that mount it.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: uploads-nfs
    spec:
      accessModes: [ReadWriteOnce]
      capacity:
        storage: 5Gi
      nfs:
        server: nfs.example.com
        path: /uploads
    ---
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: uploads
    spec:
      accessModes: [ReadWriteOnce]
      storageClassName: ""
      volumeName: upload-nfs
      resources:
        requests:
          storage: 5Gi
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)

    ## Source
    Kubernetes documentation, "Persistent Volumes", section "Reserving a PersistentVolume".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("volumeName", "persistentVolumeName", "scaleTargetRef", "targetRef", "describedObject", "target")
    references = References(outcomes=DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject):
            if reference.dangling and reference.wanted.kind == "PersistentVolume":
                what = "nothing is attached" if reference.kind == "attaches" else "the claim stays Pending"
                yield self.dangling(reference, "PersistentVolume", what)
