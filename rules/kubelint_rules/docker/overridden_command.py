"""docker/overridden-command."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.model import Dockerfile
from kubelint.tree.dockerfile import Instruction

_LAST_COUNTS = ("CMD", "ENTRYPOINT", "HEALTHCHECK")


class OverriddenCommand(Rule[Dockerfile]):
    """A stage has several `CMD`, `ENTRYPOINT` or `HEALTHCHECK`, of which only the last one counts.

    ## Why
    Docker goes on without a word that the first one is never run. A container has one command; what was to be done
    before it belongs in a `RUN`, or in a script that the command starts.

    ## Example
    ```dockerfile Dockerfile
    FROM python:3.13-slim
    CMD ["python", "migrate.py"]
    CMD ["python", "serve.py"]
    ```

    ## Stays silent when
    - the instructions stand in different stages, or behind `ONBUILD`

    ## Source
    Dockerfile reference, "CMD", "ENTRYPOINT" and "HEALTHCHECK".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each instruction that a later one of its stage replaces."""
        del graph
        if subject.unit.incomplete:
            return  # what cannot be read may be the `FROM` that parts two of them
        for stage in subject.stages:
            last: dict[str, Instruction] = {}
            for instruction in reversed(stage.instructions):
                if instruction.name not in _LAST_COUNTS:
                    continue
                if instruction.name in last:
                    yield self.finding(
                        f"this `{instruction.name}` has no effect",
                        instruction.keyword,
                        "only the last one of a stage counts",
                        related=[(last[instruction.name].keyword, "this one replaces it")],
                        help="remove one of them",
                        subject=subject,
                    )
                else:
                    last[instruction.name] = instruction
