"""compose/malformed-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.port_syntax import port_faults


class MalformedPort(Rule[ComposeService]):
    """A published port is none, so Compose refuses the project.

    ## Why
    `[address:][host:]container[/protocol]` is all that Compose reads. A number above 65535, a range that ends before it
    begins, or two ranges of different length stop it with "invalid containerPort" or "invalid ranges".

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        ports:
          - "80800:80"
    ```

    ## Stays silent when
    - a variable is part of it

    ## Source
    Compose Specification, "ports"; ``ParsePortConfig`` of compose-go.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each port that cannot be read."""
        del graph
        for fault in port_faults(subject):
            yield self.finding(
                f"`{fault.node.text}` is no port", fault.node, fault.clause, help=fault.help, subject=subject
            )
