"""drone/duplicate-pipeline."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DEFAULT_NAME, DronePipeline, has_slip


class DuplicatePipeline(Rule[DronePipeline]):
    """Two pipelines of one file have the same name, so the server refuses the file.

    ## Why
    The server stops with "duplicate pipeline names". A pipeline without `name` is called `default`, so two of them are
    duplicates, too.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: build

    steps:
    - name: build
      image: golang:1.22
      commands:
      - go build ./...
    ---
    kind: pipeline
    type: docker
    name: build

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - the pipelines are in different files
    - a name is a placeholder that is only known later

    ## Source
    Drone documentation, "Docker Pipeline", the `name` attribute; the linter of the Drone server.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of a pipeline that an earlier one has."""
        first = graph.once(("drone first pipelines", id(subject.unit)), lambda: _first_by_name(subject))
        other = first.get(subject.name, subject)
        if other is subject or (subject.name_node is not None and subject.name_node.opaque):
            return
        if any(each.name_node is None and has_slip(each.root, "name") for each in (subject, other)):
            return  # a misspelt `name` is a finding of its own
        unnamed = f"has no `name`, so it is called `{DEFAULT_NAME}`"
        yield self.finding(
            f"`{subject.name}` is the name of two pipelines: the server refuses the file",
            subject.node,
            "" if subject.name_node is not None else f"this pipeline {unnamed}",
            related=[(other.node, "the first one" if other.name_node is not None else f"the first one {unnamed}")],
            help="give one of them another name",
            subject=subject,
        )


def _first_by_name(pipeline: DronePipeline) -> dict[str, DronePipeline]:
    first: dict[str, DronePipeline] = {}
    for other in pipeline.unit.resources:
        if isinstance(other, DronePipeline):
            first.setdefault(other.name, other)
    return first
