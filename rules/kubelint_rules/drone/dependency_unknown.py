"""drone/dependency-unknown."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.links import dependencies
from kubelint.systems.drone.model import CLONE, DEFAULT_NAME, DronePipeline
from kubelint_schemas import drone as pack


class DependencyUnknown(Rule[DronePipeline]):
    """`depends_on` names a step or a pipeline that does not exist, so the build fails.

    ## Why
    A step can wait only for steps and services of its own pipeline, a pipeline only for pipelines of the same file. The
    server or the runner stops with "invalid or unknown dependency" and does not say which.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: build
      image: golang:1.22
      commands:
      - go build ./...

    - name: test
      image: golang:1.22
      commands:
      - go test ./...
      depends_on:
      - biuld
    ```

    ## Stays silent when
    - a step waits for `clone`, which the runner adds unless `clone.disable` is set
    - a name in the pipeline or the file is a placeholder, or a part of the file cannot be read

    ## Source
    Drone documentation, "Docker Pipeline", the `depends_on` attributes; "Parallelism".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each dependency on something that does not exist."""
        for reference, dependency in dependencies(graph, subject):
            if not reference.dangling:
                continue
            name, help_text = reference.wanted.name, None
            if dependency.step is None:
                if name == DEFAULT_NAME and _has_unnamed(graph, subject):
                    help_text = f"a pipeline without `name` cannot be waited for: add `name: {DEFAULT_NAME}` to it"
                yield self.dangling(reference, "pipeline", "the server refuses the file", help=help_text)
            else:
                if name == CLONE and subject.clones is False:
                    help_text = f"cloning is disabled in this pipeline: remove `{CLONE}`"
                checked = pack.checks_order(subject.runner)
                consequence = "the runner refuses the pipeline" if checked else "the pipeline fails"
                yield self.dangling(reference, "step", consequence, help=help_text)


def _has_unnamed(graph: Graph, pipeline: DronePipeline) -> bool:
    """Tell whether a pipeline of the file is called `default` only because it has no name."""
    resources = pipeline.unit.resources
    return graph.once(
        ("drone unnamed pipelines", id(pipeline.unit)),
        lambda: any(isinstance(other, DronePipeline) and other.name_node is None for other in resources),
    )
