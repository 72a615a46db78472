"""compose/localhost-for-sibling."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.compose.hosts import project_hosts
from kubelint.systems.compose.model import ComposeProject


class LocalhostForSibling(Rule[ComposeProject]):
    """A variable names `localhost` where another service of the project was meant.

    ## Why
    Inside a container `localhost` is the container itself, not the host and not a sibling: the connection is refused.
    Services reach each other by their names, at the port of the container.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        environment:
          DB_HOST: localhost
      db:
        image: postgres:16
    ```

    ## Stays silent when
    - the container shares a network with the host or with another service (`network_mode`)
    - the service listens on that port itself, or no sibling is known to
    - it is a web address: a browser on the host may be meant

    ## Source
    Docker documentation, "Networking in Compose".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each variable that leads back into its own container."""
        for sibling in project_hosts(graph, subject).meant_by_localhost():
            use, other = sibling.use, sibling.service
            port = f" port {use.number}" if use.number is not None else ""
            fix = None
            if use.host.span.text == use.host.text:
                edit = TextEdit(use.host.span, other.name)
                fix = Fix(f"replace `{use.host.text}` with `{other.name}`", (edit,), Safety.UNSAFE)
            yield self.finding(
                f"`{use.key.text}` of `{use.service.name}` means its own container",
                use.host,
                f"nothing in this container listens on{port}" if port else "the server runs in another container",
                related=[(other.node, f"`{other.name}` has it")],
                help=f"write `{other.name}`",
                fix=fix,
                subject=use.service,
            )
