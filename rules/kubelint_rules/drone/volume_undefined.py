"""drone/volume-undefined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.links import MOUNTS
from kubelint.systems.drone.model import DronePipeline


class VolumeUndefined(Rule[DronePipeline]):
    """A step mounts a volume that its pipeline does not declare, so nothing is mounted.

    ## Why
    The runner skips such a mount in silence. A cache is empty on every build, and a step that wants the Docker socket
    fails with a message that has nothing to do with volumes.

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
      - name: cache
        path: /go/pkg/mod

    volumes:
    - name: cach
      temp: {}
    ```

    ## Stays silent when
    - a name among the declared volumes is a placeholder that is only known later
    - the name is one that the runner keeps for itself: `drone/volume-reserved-name` says so

    ## Source
    Drone documentation, "Volumes" of each pipeline type; the compilers of the runners.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mount of a volume that is not declared."""
        for reference in graph.outgoing(subject, MOUNTS):
            if reference.dangling:
                name = reference.wanted.name
                help_text = None if reference.candidates else f"declare `{name}` in the pipeline's `volumes`"
                yield self.dangling(reference, "volume", "the runner mounts nothing here", help=help_text)
