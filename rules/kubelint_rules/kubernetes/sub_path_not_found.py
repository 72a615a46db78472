"""kubernetes/sub-path-not-found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kubelint.finding import Finding, Label, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.mounted_files import MountedFile


class SubPathNotFound(Rule[KubernetesObject]):
    """A container mounts one file of a ConfigMap or Secret that has no such key.

    ## Why
    The kubelet makes an empty folder of that name and mounts it: the program finds a folder where it expects its
    configuration, and the container often does not even start (`not a directory`).

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-conf
    data:
      nginx.conf: |
        events {}
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
          volumes:
          - name: conf
            configMap:
              name: web-conf
          containers:
          - name: web
            image: nginx:1.27
            volumeMounts:
            - name: conf
              mountPath: /etc/nginx/nginx.conf
              subPath: ngnix.conf
    ```

    ## Stays silent when
    - the ConfigMap or Secret is not in the repository, is `optional`, or somebody else fills it in
    - `items` gives the key another path, and the sub-path is that path or a folder of it
    - the sub-path is a placeholder, or the volume is of another type

    ## Source
    Kubernetes documentation, "Volumes", section "Using subPath"; API reference, VolumeMount, `subPath`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("subPath",)
    references = References(("mounts-file",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        if subject.unit.incomplete:
            return
        for reference in graph.outgoing(subject, "mounts-file"):
            if reference.dangling:
                finding = self.dangling(reference, "file", "an empty folder is mounted instead")
                detail = reference.detail
                if not reference.candidates and isinstance(detail, MountedFile):
                    files = [node for _, node in detail.files.values()]
                    labels = tuple(Label(node.span, "the volume has this file") for node in files[:3])
                    finding = replace(finding, related=labels, help="write a key of the ConfigMap or Secret")
                yield finding
