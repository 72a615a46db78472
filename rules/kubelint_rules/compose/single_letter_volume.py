"""compose/single-letter-volume."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.mounted import single_letters


class SingleLetterVolume(Rule[ComposeService]):
    """A volume has a name of one letter, which Compose takes for a drive of Windows.

    ## Why
    `v:/data` is a path on drive `v:` to Compose: it mounts an anonymous volume at a folder called `v:/data`, and the
    declared volume is never used. Nothing is said, and the data is gone with the container.

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: ghcr.io/example/db:1
        volumes:
          - d:/data
    volumes:
      d:
    ```

    ## Stays silent when
    - a path in the container follows the drive: `c:/sites:/srv`
    - the long form is used

    ## Source
    ``format.ParseVolume`` of compose-go, as measured.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mount that Compose reads as a path of Windows."""
        del graph
        for node in single_letters(subject):
            yield self.finding(
                f"`{node.text[:2]}` is a drive of Windows to Compose, not a volume",
                node,
                "this mounts an anonymous volume at a path of that name",
                help="give the volume a name of two letters or more, or use the long form",
                subject=subject,
            )
