"""compose/sexagesimal-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.port_syntax import sexagesimal_ports


class SexagesimalPort(Rule[ComposeService]):
    """A port mapping without quotes is a number in base 60 for readers of YAML 1.1.

    ## Why
    YAML 1.1 has numbers like `190:20:30`. `2222:22` is 133342 for docker-compose 1.x, Ansible and every other program
    that reads the file with PyYAML; today's Docker Compose takes it for text. Quotes make it text for all.

    ## Example
    ```yaml compose.yaml
    services:
      git:
        image: gitea/gitea:1.23
        ports:
          - 2222:22
    ```

    ## Stays silent when
    - the mapping has quotes, or an address, a protocol or a range in it
    - the port of the container is 60 or higher: that is no number in base 60

    ## Source
    YAML 1.1, "Integer Language-Independent Type"; Compose Specification, "ports", short syntax.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mapping that is a number to some readers."""
        del graph
        for node, number in sexagesimal_ports(subject):
            yield self.finding(
                f"`{node.text}` is the number {number} for readers of YAML 1.1",
                node,
                "a number in base 60, not two ports",
                help=f'quote it: `"{node.text}"`',
                fix=Fix("quote the mapping", (TextEdit(node.span, f'"{node.text}"'),), Safety.SAFE),
                subject=subject,
            )
