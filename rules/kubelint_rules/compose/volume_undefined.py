"""compose/volume-undefined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class VolumeUndefined(Rule[ComposeService]):
    """A service mounts a named volume that the project does not declare, so Compose refuses the project.

    ## Why
    A name in front of the colon that begins with neither `.` nor `/` nor `~` is a volume, and each volume must stand
    under the top-level `volumes:`. Compose stops with "refers to undefined volume" and starts nothing.

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:16
        volumes:
          - pg-data:/var/lib/postgresql/data
    volumes:
      pgdata:
    ```

    ## Stays silent when
    - it is a path, an anonymous volume or a `tmpfs`
    - the name holds a variable, or a part of the project (a remote `include`) cannot be read
    - another compose file of the folder, or of a folder above, declares it: the two may be combined with `-f`
    - `externals:` of the configuration names it

    ## Source
    Compose Specification, "volumes" of a service and the top-level "volumes".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each volume that no file of the project declares."""
        for reference in graph.outgoing(subject, "mounts"):
            if reference.dangling:
                names = [candidate.name for candidate in reference.candidates]
                declare = f"declare `{reference.wanted.name}` under the top-level `volumes:`"
                help_text = f"write `{names[0]}`, or {declare}" if names else declare
                yield self.dangling(reference, "volume", "no file of the project declares it", help=help_text)
