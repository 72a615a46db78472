"""compose/duplicate-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService
from kubelint.tree.node import Scalar


class DuplicateVariable(Rule[ComposeService]):
    """A variable stands twice in a list with different values, and only the last one counts.

    ## Why
    `environment` as a list may name a variable any number of times. Compose takes the last value and says nothing, so
    that a change of the first one has no effect.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        environment:
          - LOG_LEVEL=info
          - PORT=8080
          - LOG_LEVEL=debug
    ```

    ## Stays silent when
    - both have the same value, or stand in different files

    ## Source
    Compose Specification, "environment".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that a later one replaces."""
        del graph
        for path in (("environment",), ("build", "args"), ("labels",)):
            last: dict[str, Scalar] = {}
            for item in reversed(subject.root.items_at(*path)):
                if not isinstance(item, Scalar):
                    continue
                name, equals, _ = item.text.partition("=")
                counts = last.setdefault(name, item)
                if counts.text != item.text and equals and counts.source is item.source:
                    yield self.finding(
                        f"`{name}` is set twice",
                        item.part(0, len(name)),
                        "this value has no effect",
                        related=[(counts.span, "the last one counts")],
                        help="remove one of them",
                        subject=subject,
                    )
