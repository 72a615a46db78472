"""compose/dependency-unknown."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Reference
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.links import DEPENDENCY_KINDS, EXTENDS
from kubelint.systems.compose.load import Extends
from kubelint.systems.compose.model import ComposeProject, Dependency


class DependencyUnknown(Rule[ComposeProject]):
    """A service names another service that the project does not have, so Compose refuses the project.

    ## Why
    `depends_on`, `links`, `volumes_from`, `extends` and the `service:` form of `network_mode`, `ipc`, `pid`, `uts` and
    `cgroup` name services of the same project. Compose checks them before it starts anything and stops at the first
    one that it does not find, even where `required: false` stands beside it.

    ## Example
    ```yaml compose.yaml
    services:
      api:
        image: ghcr.io/example/api:1.4
        depends_on:
          - databse
      database:
        image: postgres:16
    ```

    ## Stays silent when
    - the name holds a variable, or a part of the project (a remote `include`) cannot be read
    - another compose file of the folder, or of a folder above, has the service: the two may be combined with `-f`
    - `externals:` of the configuration names it

    ## Source
    Compose Specification, "depends_on", "links", "volumes_from", "network_mode" and "extends".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeProject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name of a service that leads nowhere."""
        for service in subject.services.values():
            for kind in DEPENDENCY_KINDS.values():
                for reference in graph.outgoing(service, kind):
                    if reference.dangling:
                        yield self.dangling(reference, "service", _consequence(reference))
        for reference in graph.outgoing(subject, EXTENDS):
            extends = reference.detail
            if reference.dangling and isinstance(extends, Extends):
                consequence = f"`{extends.path}` has no service of that name to extend"
                yield self.dangling(reference, "service", consequence)


def _consequence(reference: Reference) -> str:
    field = reference.detail.field if isinstance(reference.detail, Dependency) else reference.kind
    return f"`{field}` needs a service of this project"
