"""kubernetes/claim-and-volume-disagree."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import PersistentVolumeClaim
from kubelint.systems.kubernetes.storage import misfits


class ClaimAndVolumeDisagree(Rule[PersistentVolumeClaim]):
    """A claim asks for a volume that does not fit it: class, size, access mode, or another claim's.

    ## Why
    A claim with `volumeName` is bound only where the volume offers all that it asks for. Otherwise it stays
    `Pending`, and so do the pods that mount it.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: PersistentVolume
    metadata:
      name: uploads
    spec:
      accessModes: [ReadWriteOnce]
      capacity:
        storage: 5Gi
      storageClassName: manual
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
      storageClassName: manual
      volumeName: uploads
      resources:
        requests:
          storage: 20Gi
    ```

    ## Stays silent when
    - the volume is not in the repository, or there are several alternatives of it
    - the claim names no class, so that a default may fill it in
    - a value is a placeholder

    ## Source
    Kubernetes documentation, "Persistent Volumes", sections "Binding" and "Reserving a PersistentVolume".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: PersistentVolumeClaim, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each thing that does not fit."""
        if subject.unit.incomplete:
            return
        for misfit in misfits(graph, subject):
            yield self.finding(
                f"PersistentVolume `{misfit.volume.name}` does not fit claim `{subject.name}`",
                misfit.node,
                misfit.label,
                related=[(misfit.other, misfit.other_label)],
                path=(subject, misfit.volume),
                help="make claim and volume the same, or name another volume",
                subject=subject,
            )
