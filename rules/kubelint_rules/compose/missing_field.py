"""compose/missing-field."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.schema import Fault
from kubelint.systems.compose.file import ComposeFile, dotted


class MissingField(Rule[ComposeFile]):
    """A compose file lacks a key that Compose needs, so Compose refuses the file.

    ## Why
    Compose validates each file against the schema of the Compose Specification before it does anything. In the long
    forms some keys have no default: a dependency needs its `condition`, a mount its `type`.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        volumes:
          - source: ./conf
            target: /etc/api
    ```

    ## Stays silent when
    - the file is an override or an overlay: what it lacks is in its base

    ## Source
    The JSON Schema of the Compose Specification, as compose-go has it.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeFile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key that the schema requires and that is not there."""
        del graph
        for error in subject.schema_errors:
            if error.fault is Fault.MISSING_FIELD:
                holder = dotted(error.path[:-1])
                yield self.finding(
                    f"`{holder}` needs `{error.name}`" if holder else f"the file needs `{error.name}`",
                    error.node.span.first_line(),
                    f"`{error.name}` is missing here",
                    help=f"add `{error.name}:` with {error.expected}",
                )
