"""compose/conflicting-limits."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeService

_PAIRS = (
    ("cpus", ("deploy", "resources", "limits", "cpus")),
    ("mem_limit", ("deploy", "resources", "limits", "memory")),
    ("mem_reservation", ("deploy", "resources", "reservations", "memory")),
    ("pids_limit", ("deploy", "resources", "limits", "pids")),
    ("scale", ("deploy", "replicas")),
)


class ConflictingLimits(Rule[ComposeService]):
    """A limit, or the number of containers, is given twice with different values, so Compose refuses the project.

    ## Why
    `mem_limit` and `deploy.resources.limits.memory` mean the same thing. Compose stops with "can't set distinct values
    on …" instead of choosing one.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        mem_limit: 512m
        deploy:
          resources:
            limits:
              memory: 1g
    ```

    ## Stays silent when
    - both have the same value, or one of them holds a variable

    ## Source
    Compose Specification, "deploy"; ``checkConsistency`` of compose-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that is given twice."""
        del graph
        for name, path in _PAIRS:
            one, other = subject.root.scalar(name), subject.root.scalar(*path)
            if one is None or other is None or literal(one) is None or literal(other) is None:
                continue
            if _value(one.text) != _value(other.text):
                shown = ".".join(path)
                yield self.finding(
                    f"`{name}` and `{shown}` differ",
                    one,
                    f"`{shown}` is `{other.text}`",
                    related=[(other, f"this means the same as `{name}`")],
                    help="remove one of them",
                    subject=subject,
                )


def _value(text: str) -> float | str:
    lower = text.lower().removesuffix("b").removesuffix("i")
    factor = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}.get(lower[-1:], 1)
    try:
        return float(lower.rstrip("kmgt")) * factor
    except ValueError:
        return text
