"""drone/dependency-order."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.links import dependencies
from kubelint.systems.drone.model import DronePipeline, DroneStep
from kubelint.systems.drone.order import Dependency, Order
from kubelint_schemas import drone as pack


class DependencyOrder(Rule[DronePipeline]):
    """`depends_on` names a later step or pipeline, or the one that it stands in, so the build fails.

    ## Why
    Server and runner read from top to bottom and know only what stands above: a dependency on something further down is
    "unknown" to them, although it is there. Services come before all steps.

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
      depends_on:
      - build

    - name: build
      image: golang:1.22
      commands:
      - go build ./...
    ```

    ## Stays silent when
    - the pipeline is of type `exec`, `ssh`, `digitalocean` or `macstadium`, whose runners take steps in any order
    - the steps wait for each other: `drone/dependency-cycle` says so

    ## Source
    Drone documentation, "Parallelism"; the linters of the Drone server (pipelines) and of the runners (steps).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each dependency on what stands below, or on itself."""
        for reference, dependency in dependencies(graph, subject):
            noun = "pipeline" if dependency.step is None else dependency.step.noun
            if dependency.order is Order.SELF:
                yield self.finding(
                    f"{noun} `{reference.wanted.name}` waits for itself",
                    reference.node,
                    "never starts",
                    help="remove it",
                    subject=subject,
                )
            elif (
                dependency.order is Order.LATER
                and not dependency.tangled
                and (dependency.step is None or pack.checks_order(subject.runner))
            ):
                yield self._later(subject, reference, dependency, noun)

    def _later(self, subject: DronePipeline, reference: Reference, dependency: Dependency, noun: str) -> Finding:
        target, name = reference.targets[0], reference.wanted.name
        waiting = _name(subject, dependency.step)
        if dependency.step is not None and dependency.step.service and target.key.kind == "step":
            return self.finding(
                f"service `{waiting}` waits for a step, but services start first",
                reference.node,
                "the runner refuses the pipeline",
                related=[(target.node, f"`{name}` is a step")],
                help="make the service a step with `detach: true`, or remove the dependency",
                subject=subject,
            )
        return self.finding(
            f"`{waiting}` waits for `{name}`, which stands further down",
            reference.node,
            "the server refuses the file" if dependency.step is None else "the runner refuses the pipeline",
            related=[(target.node, "unknown until here")],
            help=f"move {noun} `{name}` above `{waiting}`",
            subject=subject,
        )


def _name(pipeline: DronePipeline, step: DroneStep | None) -> str:
    if step is None:
        return pipeline.name
    return "this step" if step.name is None else step.name.text
