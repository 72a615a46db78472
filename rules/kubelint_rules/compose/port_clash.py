"""compose/port-clash."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.clashes import Clash, clashes, replicas
from kubelint.systems.compose.model import ComposeProject, ComposeService


class PortClash(Rule[ComposeProject]):
    """Two containers of a project publish the same port of the host, and only the first one can.

    ## Why
    Compose does not notice: it starts the containers, and the second one fails with "port is already allocated". The
    same happens to the second replica of a service that publishes a fixed port.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        ports:
          - "8080:80"
      admin:
        image: adminer:5
        ports:
          - "8080:8080"
    ```

    ## Stays silent when
    - protocols or addresses differ, or the host's port is left to Docker
    - the services belong to different profiles: they are taken for alternatives
    - a service uses the host's network, where `ports` mean nothing
    - the replicas are those of a swarm, where one published port serves all
    - a variable decides and neither `.env` nor its default tells what it is

    A clash of defaults (`${PORT:-8080}`), or with a service that a profile has to enable first, is a warning.

    ## Source
    Compose Specification, "ports" and "deploy.replicas".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each published port that another container has already."""
        del graph
        for clash in clashes(subject):
            yield self._clash(clash)
        for service in subject.services.values():
            yield from self._replicas(service)

    def _clash(self, clash: Clash) -> Finding:
        own, other = clash.service.name, clash.other_service.name
        protocol = "" if clash.port.protocol == "tcp" else f"/{clash.port.protocol}"
        port = f"port {clash.number}{protocol} of the host"
        note = None
        if clash.port.assumed or clash.other.assumed:
            note = "this holds for the values in `.env` and the defaults of the variables"
        elif not clash.certain:
            note = "this holds when the profile is enabled together with the other service"
        return self.finding(
            f"{port} is published twice by `{own}`" if own == other else f"`{other}` and `{own}` publish {port}",
            clash.port.published,
            "only one container can have it",
            related=[(clash.other.published, f"`{other}` has it already" if own != other else "the first time")],
            help="publish one of them on another port",
            note=note,
            severity=Severity.ERROR if clash.certain else Severity.WARNING,
            subject=clash.service,
        )

    def _replicas(self, service: ComposeService) -> Iterator[Finding]:
        found = replicas(service)
        if found is None or service.uses_host_network:
            return
        node, count = found
        for port in service.ports:
            if not port.any_of:
                yield self.finding(
                    f"{count} containers of `{service.name}` publish port {port.text} of the host",
                    port.published,
                    "only the first container can have it",
                    related=[(node, f"{count} containers are wanted here")],
                    help=f"leave the host's port to Docker, or publish a range of {count} ports",
                    severity=Severity.WARNING if port.assumed else Severity.ERROR,
                    subject=service,
                )
