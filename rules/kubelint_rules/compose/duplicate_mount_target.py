"""compose/duplicate-mount-target."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.mounted import repeated_targets


class DuplicateMountTarget(Rule[ComposeService]):
    """Two mounts of a service go to the same path of the container, where only one can be.

    ## Why
    Of two volumes with one target Compose keeps the last and says nothing: the first one stays empty. A volume and a
    `tmpfs` at one place stop it.

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:16
        volumes:
          - db-data:/var/lib/postgresql/data
          - ./dump:/var/lib/postgresql/data
    volumes:
      db-data:
    ```

    ## Stays silent when
    - the second one stands in an override: that is how a mount is replaced
    - one path lies below the other, or holds a variable

    ## Source
    Compose Specification, "volumes" and "tmpfs"; ``override/uncity.go`` of compose-go, as measured.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mount whose target another one has."""
        del graph
        for item, first, target in repeated_targets(subject):
            yield self.finding(
                f"two mounts go to `{target}`",
                item.span.first_line(),
                "only one of them can be there",
                related=[(first.span.first_line(), "the other one")],
                help="remove one of them, or mend its target",
                subject=subject,
            )
