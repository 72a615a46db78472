"""drone/submodules-not-fetched."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.paths import join
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline
from kubelint.systems.drone.plugins import scripts

_FILE = ".gitmodules"


class SubmodulesNotFetched(Rule[DronePipeline]):
    """The repository has submodules, and no step of the pipeline fetches them.

    ## Why
    Drone's own clone step fetches the repository alone. The folders of its submodules are empty in every step.

    ## Example
    ```ini .gitmodules
    [submodule "protocols"]
    path = protocols
    url = https://git.example.com/shop/protocols.git
    ```
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
    ```

    ## Stays silent when
    - a step runs `git submodule` or clones with `--recursive`
    - cloning is disabled: the pipeline fetches what it needs by itself

    ## Source
    Drone documentation, "Cloning", "Submodules".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of a pipeline that works without the submodules."""
        folder = subject.source.directory
        if subject.clones is not True or not graph.repository.is_file(join(folder, _FILE)):
            return
        texts = [text.text for step in subject.steps for text in scripts(step)]
        if any("submodule" in text or "--recurs" in text for text in texts):
            return
        yield self.finding(
            f"pipeline `{subject.name}` does not fetch the submodules",
            subject.node,
            f"`{_FILE}` names some; their folders are empty",
            help="add a first step that runs `git submodule update --init --recursive`",
            subject=subject,
        )
