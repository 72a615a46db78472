"""drone/content-after-end."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import UnreadDocument


class ContentAfterEnd(Rule[UnreadDocument]):
    """A line that begins with `...` ends the file for Drone, and what stands behind it is dropped.

    ## Why
    In YAML `...` ends one document; another may follow. Drone cuts files by lines and stops reading there, so the
    pipelines behind it do not exist, without a word.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: test

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ...
    ---
    kind: pipeline
    type: docker
    name: publish

    steps:
    - name: publish
      image: plugins/docker:20
      settings:
        repo: octocat/hello-world
    ```

    ## Stays silent when
    - nothing but comments follows

    ## Source
    The functions that cut a file in drone-yaml and runner-go (`ParseRaw`).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: UnreadDocument, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the first thing that is not read."""
        del graph
        first = (
            subject.root.entries[0][0] if hasattr(subject.root, "entries") and subject.root.entries else subject.root
        )
        yield self.finding(
            "Drone does not read what stands behind `...`",
            first,
            "this document does not exist for Drone",
            related=[(subject.end, "Drone stops reading here")],
            help="remove the line `...`; `---` alone divides documents",
        )
