"""drone/memory-volume-shared."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline


class MemoryVolumeShared(Rule[DronePipeline]):
    """Several steps mount a volume in memory, which each of them gets for itself.

    ## Why
    With `medium: memory` Docker makes a tmpfs for each container. What one step writes there the next one does not see.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: generate
      image: golang:1.22
      commands:
      - go run ./cmd/keys --out /keys
      volumes:
      - name: keys
        path: /keys
    - name: test
      image: golang:1.22
      commands:
      - go test ./... --keys /keys
      volumes:
      - name: keys
        path: /keys

    volumes:
    - name: keys
      temp:
        medium: memory
    ```

    ## Stays silent when
    - only one step mounts it
    - the pipeline is of type `kubernetes`, whose steps are containers of one pod and share such a volume

    ## Source
    Drone documentation, "Docker Pipeline", "Temporary Volumes": in-memory volumes cannot be shared between steps.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the medium of each volume that several steps mount."""
        del graph
        if subject.runner not in ("docker", "vm"):
            return
        for volume in subject.volumes:
            medium = volume.node.scalar("temp", "medium")
            if medium is None or medium.text != "memory" or volume.name is None:
                continue
            name = volume.name.text
            mounts = [node for step in subject.containers for node in step.mounts if node.text == name]
            if len(mounts) > 1:
                yield self.finding(
                    f"{len(mounts)} steps mount `{name}`, and each gets a memory of its own",
                    medium,
                    "steps cannot share files in it",
                    related=[(node, "mounted here") for node in mounts],
                    help="remove `medium: memory`: `temp: {}` is shared by the steps",
                    subject=subject,
                )
