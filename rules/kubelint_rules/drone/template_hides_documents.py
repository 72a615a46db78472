"""drone/template-hides-documents."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DroneDocument, DroneTemplate


class TemplateHidesDocuments(Rule[DroneTemplate]):
    """A file with a template has other documents, which are dropped.

    ## Why
    Where a file begins with `kind: template`, the server replaces the whole file with what the template makes.
    Pipelines beside it never run, secrets beside it do not exist.

    ## Example
    ```yaml .drone.yml
    kind: template
    load: go-service.yaml
    data:
      image: golang:1.22
    ---
    kind: pipeline
    type: docker
    name: docs

    steps:
    - name: build
      image: node:20-alpine
      commands:
      - npm run docs
    ```

    ## Stays silent when
    - the template stands alone in its file

    ## Source
    The template converter of the Drone server; Drone documentation, "Templates".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the head of each other document."""
        del graph
        if subject.unit.resources[0] is not subject:
            return
        for other in subject.unit.resources:
            if other is subject or not isinstance(other, DroneDocument):
                continue
            place = other.name_node or other.kind_node or other.node
            yield self.finding(
                f"the template replaces the file, and with it this {other.kind or 'document'}",
                place,
                "the server never sees it",
                related=[(subject.kind_node or subject.node, "the server takes this document alone")],
                help="move it into the template",
                subject=other,
            )
