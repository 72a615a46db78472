"""drone/volume-unused."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.links import MOUNTS
from kubelint.systems.drone.model import DronePipeline, has_slip
from kubelint_schemas import drone as pack


class VolumeUnused(Rule[DronePipeline]):
    """A pipeline declares a volume that no step mounts.

    ## Why
    A declared volume does nothing by itself: a cache that no step mounts is empty on every build.

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
    - name: modules
      temp: {}
    ```

    ## Stays silent when
    - a step mounts a volume that is not declared: `drone/volume-undefined` names both
    - the runner keeps the name for itself, or a step misspells `volumes`: their own rules say so
    - the name of a mount is a placeholder, or a step takes its mounts from elsewhere

    ## Source
    Drone documentation, "Volumes" of each pipeline type.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of each volume without a mount."""
        mounts = graph.outgoing(subject, MOUNTS)
        if not subject.names_are_known or any(reference.dangling for reference in mounts):
            return
        mounted = [node for step in subject.containers for node in step.mounts]
        if any(node.opaque for node in mounted):
            return
        mounts_at = [item for step in subject.containers for item in step.node.items_at("volumes")]
        if any(has_slip(step.node, "volumes") for step in subject.containers) or any(
            item.scalar("name") is None for item in mounts_at
        ):
            return
        names = {node.text for node in mounted} | pack.reserved_volumes(subject.runner)
        for volume in subject.volumes:
            name = volume.name
            if name is None or name.opaque or name.text in names:
                continue
            yield self.finding(
                f"no step mounts volume `{name.text}`",
                name,
                did_you_mean(nearest(name.text, names)) or "declared and never used",
                help="mount it in the steps that need it (`volumes:` with `name` and `path`), or remove it",
                subject=subject,
            )
