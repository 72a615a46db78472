"""compose/unknown-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.compose.hosts import host_uses, project_hosts
from kubelint.systems.compose.model import ComposeProject


class UnknownHost(Rule[ComposeProject]):
    """A variable names a host that is almost, but not quite, a service of the project.

    ## Why
    Services reach each other by their names, their aliases and the names of their containers. Any other name has no
    address in the networks of the project: the program stops with "could not resolve host".

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        environment:
          DATABASE_URL: postgres://app:app@postgress:5432/app
      postgres:
        image: postgres:16
    ```

    ## Stays silent when
    - no service has a similar name, or the host has a dot: it may be a server elsewhere
    - the value holds a variable, or is neither a URL nor that of a `…_HOST`
    - the service has `extra_hosts` or `links` of that name

    ## Source
    Docker documentation, "Networking in Compose".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each near miss of a service."""
        if subject.unit.incomplete:
            return
        hosts = project_hosts(graph, subject)
        for service in subject.services.values():
            given = " ".join(
                getattr(item, "text", "")
                for name in ("extra_hosts", "links", "external_links")
                for item in service.root.items_at(name)
            )
            for use in host_uses(service):
                name = use.host.text.lower()
                if name in hosts.by_name or "." in name or name in ("localhost", service.name) or name in given:
                    continue
                near = [known for known in hosts.names.nearest(name) if hosts.by_name[known] is not service]
                if not near:
                    continue
                target = hosts.by_name[near[0]]
                fix = None
                if len(near) == 1 and use.host.span.text == use.host.text:
                    edit = TextEdit(use.host.span, near[0])
                    fix = Fix(f"replace `{use.host.text}` with `{near[0]}`", (edit,), Safety.UNSAFE)
                yield self.finding(
                    f"no service is called `{use.host.text}`",
                    use.host,
                    did_you_mean(near),
                    related=[(target.node, f"`{near[0]}` is this service")],
                    help=f"write `{near[0]}`",
                    fix=fix,
                    subject=service,
                )
