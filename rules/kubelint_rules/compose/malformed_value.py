"""compose/malformed-value."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.syntax import value_faults


class MalformedValue(Rule[ComposeService]):
    """A duration, a size, a restart policy or an image is written in a way that Compose or the engine refuses.

    ## Why
    The schema of Compose takes any text here. What is wrong shows when the project is loaded ("invalid duration"), or
    only when the container is made ("invalid restart policy", "invalid reference format").

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        restart: allways
        stop_grace_period: 1 minute
    ```

    ## Stays silent when
    - a variable is part of the value

    ## Source
    Compose Specification, "Specifying durations", "Specifying byte values", "restart" and "image".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each value that cannot be read."""
        del graph
        for fault in value_faults(subject):
            yield self.finding(
                fault.headline,
                fault.node,
                did_you_mean(list(fault.near)) or fault.clause,
                help=fault.help,
                subject=subject,
            )
