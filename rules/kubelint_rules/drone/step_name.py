"""drone/step-name."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DroneStep, has_slip
from kubelint.tree.node import Scalar

_LONGEST = 100


class StepName(Rule[DroneStep]):
    """A step has no name, or one of more than 100 characters, so the runner refuses the pipeline.

    ## Why
    The runner stops with "invalid or missing step name" or "step name cannot exceed 100 characters" before the first
    step. A service without name can be reached under none.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - a key of the step is a slip of `name`: `drone/unknown-field` says so
    - the name is a placeholder that is only known later

    ## Source
    Drone documentation, "Docker Pipeline", the `name` attribute of a step; the parser of each runner.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at a name that is too long, or at the first key of a step without name."""
        del graph
        name = subject.name
        if name is None:
            written = subject.node.at("name")
            if has_slip(subject.node, "name") or (written is not None and not isinstance(written, Scalar)):
                return
            yield self.finding(
                "a service without `name` can be reached under none"
                if subject.service
                else "a step without `name`: the runner refuses the pipeline",
                subject.node.key("name") or subject.head,
                f"this {subject.noun} has no name",
                help="add `name:`",
                severity=Severity.WARNING if subject.service else None,
                subject=subject.pipeline,
            )
            return
        length = len(name.text.encode())
        if length > _LONGEST and not name.opaque:
            unit = "characters" if name.text.isascii() else "bytes"
            yield self.finding(
                f"the name of a {subject.noun} can have {_LONGEST} {unit}, not {length}",
                name,
                "the runner refuses the pipeline",
                help="shorten it; what it does is better said in a comment",
                subject=subject.pipeline,
            )
