"""drone/volume-reserved-name."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline
from kubelint.tree.node import Scalar
from kubelint_schemas import drone as pack


class VolumeReservedName(Rule[DronePipeline]):
    """A volume has a name that the runner keeps for itself, so the runner refuses the pipeline.

    ## Why
    The runner makes volumes of its own, such as the workspace, and stops with "invalid volume name" where a pipeline
    declares or mounts one of their names.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
      volumes:
      - name: workspace
        path: /cache

    volumes:
    - name: workspace
      temp: {}
    ```

    ## Stays silent when
    - the pipeline has no volumes because of its type (`exec`, `ssh`, `digitalocean`, `macstadium`)

    ## Source
    Drone documentation, "Volumes"; the linters of the docker, kubernetes and vm runners.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where a reserved name is declared, else where it is mounted."""
        del graph
        reserved = pack.reserved_volumes(subject.runner)
        if not reserved:
            return
        mounts = [node for step in subject.containers for node in step.mounts if node.text in reserved]
        declared = [
            volume.name for volume in subject.volumes if volume.name is not None and volume.name.text in reserved
        ]
        for name in declared:
            yield self._finding(subject, name, [node for node in mounts if node.text == name.text])
        names = {name.text for name in declared}
        for node in mounts:
            if node.text not in names:
                yield self._finding(subject, node, [])

    def _finding(self, subject: DronePipeline, name: Scalar, mounts: list[Scalar]) -> Finding:
        return self.finding(
            f"volume `{name.text}`: the runner keeps this name for itself",
            name,
            "the runner refuses the pipeline",
            related=[(node, "mounted here") for node in mounts],
            help="give the volume another name",
            subject=subject,
        )
