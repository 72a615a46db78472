"""kubernetes/memory-volume-over-limit."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.memory_volumes import overfull_volumes
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.quantity import show_quantity


class MemoryVolumeOverLimit(Rule[PodTemplate]):
    """A volume in memory is larger than the memory that its containers may use.

    ## Why
    What is written into an `emptyDir` with `medium: Memory` counts against the memory limit of the container that
    writes it. Long before such a volume is full the container is killed.

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
          volumes:
          - name: cache
            emptyDir:
              medium: Memory
              sizeLimit: 1Gi
          containers:
          - name: web
            image: nginx:1.27
            resources:
              limits:
                memory: 256Mi
            volumeMounts:
            - name: cache
              mountPath: /cache
    ```

    ## Stays silent when
    - one of the containers that mount it has no memory limit
    - the volume has no size of its own, or is on disk

    ## Source
    Kubernetes documentation, "Volumes", section "emptyDir".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("sizeLimit",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each volume that cannot be filled."""
        del graph
        for found in overfull_volumes(subject):
            yield self.finding(
                f"{found.size.text} of a volume in memory do not fit into the limit",
                found.size,
                "what is written counts as memory of the container",
                related=[(node, "the memory limit") for node in found.limits[:3]],
                help=f"lower it below {show_quantity(found.limit, 'memory')}, or raise the limit",
                subject=subject.owner,
            )
