"""drone/duplicate-step."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import CLONE, DronePipeline, DroneStep, has_slip


class DuplicateStep(Rule[DronePipeline]):
    """Two steps of one pipeline have the same name, so the runner refuses the pipeline.

    ## Why
    Steps and services share one set of names, and the runner's own step `clone` is in it. The runner stops with
    "duplicate step names" before the first step.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    services:
    - name: redis
      image: redis:7

    steps:
    - name: redis
      image: redis:7
      commands:
      - redis-cli -h redis ping
    ```

    ## Stays silent when
    - the steps are in different pipelines
    - a step is called `clone` and the pipeline has `clone.disable: true`
    - a name is a placeholder that is only known later

    ## Source
    Drone documentation, "Docker Pipeline", the `name` attribute of a step; the linter of each runner.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each name that is taken, pointing at what has it."""
        del graph
        first: dict[str, DroneStep] = {}
        for step in subject.containers:
            name = step.name
            if name is None or name.opaque:
                continue
            other = first.setdefault(name.text, step)
            if other is not step and other.name is not None:
                yield self.finding(
                    f"`{name.text}` is the name of two steps: the runner refuses the pipeline"
                    if step.noun == other.noun == "step"
                    else f"`{name.text}` is the name of a {step.noun} and of another {other.noun}"
                    if step.noun == other.noun
                    else f"`{name.text}` is the name of a {other.noun} and of a {step.noun}",
                    name,
                    "steps and services share one set of names",
                    related=[(other.name, f"this {other.noun} has the name first")],
                    help="give one of them another name",
                    subject=subject,
                )
            elif name.text == CLONE and subject.clones and other is step and not has_slip(subject.root, CLONE):
                yield self.finding(
                    f"a {step.noun} cannot be called `{CLONE}`: the runner adds a step of that name",
                    name,
                    "the runner refuses the pipeline",
                    help=f"give it another name, or disable the runner's own step with `{CLONE}: {{disable: true}}`",
                    subject=subject,
                )
