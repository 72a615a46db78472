"""compose/no-common-network."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.hosts import project_hosts, share_a_network
from kubelint.systems.compose.model import ComposeProject, ComposeService
from kubelint.tree.node import Scalar


class NoCommonNetwork(Rule[ComposeProject]):
    """A service calls another one that is in none of its networks, so the name does not resolve.

    ## Why
    A container finds others by name only in networks that both have joined. A service that lists `networks` leaves the
    default one: it no longer reaches those that stayed there.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        networks: [frontend]
        environment:
          DATABASE_URL: postgres://app:app@db:5432/app
      db:
        image: postgres:16
        networks: [backend]
    networks:
      frontend:
      backend:
    ```

    ## Stays silent when
    - they share a network, or one of them has a `network_mode`
    - the name stands under `depends_on` only: that is about the order, not about calls
    - a network's name holds a variable

    ## Source
    Docker documentation, "Networking in Compose"; Compose Specification, "networks" and "links".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name that leads to a service out of reach."""
        if subject.unit.incomplete:
            return
        for sibling in project_hosts(graph, subject).reached():
            use = sibling.use
            if not share_a_network(use.service, sibling.service):
                yield self._finding(use.service, sibling.service, use.host, f"`{use.key.text}` names it")
        for service in subject.services.values():
            for dependency in service.dependencies:
                target = subject.services.get(dependency.name or "")
                if dependency.field == "links" and target is not None and not share_a_network(service, target):
                    yield self._finding(service, target, dependency.node, "a link works inside of a network only")

    def _finding(self, one: ComposeService, other: ComposeService, node: Scalar, label: str) -> Finding:
        related = [
            (service.root.key("networks") or service.node, f"`{service.name}` is in {_shown(service)}")
            for service in (one, other)
        ]
        return self.finding(
            f"`{one.name}` and `{other.name}` share no network",
            node,
            f"{label}, but it does not resolve there",
            related=related,
            help="let both join one network",
            subject=one,
        )


def _shown(service: ComposeService) -> str:
    return ", ".join(f"`{node.text}`" for node in service.networks[:4]) or "the default network"
