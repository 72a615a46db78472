"""kubernetes/volume-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class VolumeNotFound(Rule[KubernetesObject]):
    """A container mounts a volume that its pod does not declare, so the object is rejected.

    ## Why
    Volumes are looked up in the same pod only; the API server refuses the object: `volumeMounts[0].name: Not
    found`.

    ## Example
    ```yaml web.yaml
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
            volumeMounts:
            - name: conf
              mountPath: /etc/nginx
          volumes:
          - name: config
            emptyDir: {}
    ```

    ## Stays silent when
    - a StatefulSet's `volumeClaimTemplates` declares it
    - a patch of a kustomization touches the volumes of the object

    ## Source
    Kubernetes API reference, VolumeMount: `name` must match the name of a volume.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("volumeMounts", "volumeDevices")
    references = References(("mounts-volume",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        if subject.unit.incomplete:
            return
        for reference in graph.outgoing(subject, "mounts-volume"):
            if reference.dangling:
                yield self.dangling(reference, "volume", "this pod has no volume of that name")
