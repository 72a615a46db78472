"""kubernetes/claim-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class ClaimNotFound(Rule[KubernetesObject]):
    """A pod or a volume names a PersistentVolumeClaim that does not exist under this name.

    ## Why
    The pod stays `Pending`: `persistentvolumeclaim not found`. A volume that is kept for a claim (`claimRef`) is given
    to no other.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: uploads
    spec:
      accessModes: [ReadWriteOnce]
      resources:
        requests:
          storage: 1Gi
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
          volumes:
          - name: data
            persistentVolumeClaim:
              claimName: upload
    ```

    ## Stays silent when
    - an object of that name exists anywhere in the repository, in a namespace that fits
    - nothing in the same unit has a name that is near: the object may live elsewhere (`kubelint refs --unresolved`
      lists such references)
    - a StatefulSet's claim template makes it

    ## Source
    Kubernetes documentation, "Persistent Volumes".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("persistentVolumeClaim", "claimRef", "scaleTargetRef", "targetRef", "describedObject", "target")
    references = References(outcomes=DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject):
            if reference.dangling and reference.wanted.kind == "PersistentVolumeClaim":
                what = "no claim gets this volume" if reference.kind == "kept-for" else "the pod stays Pending"
                yield self.dangling(reference, "PersistentVolumeClaim", what)
