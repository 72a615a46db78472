"""drone/duplicate-secret."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DroneSecret
from kubelint.tree.node import Scalar


class DuplicateSecret(Rule[DroneSecret]):
    """Two secrets of a file have the same name, so one of them is never used.

    ## Why
    The runner takes the first one that has the name. Which value a step gets depends on the order in the file.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: publish
      image: plugins/npm:1
      settings:
        token:
          from_secret: npm_token
    ---
    kind: secret
    name: npm_token
    get:
      path: ci/npm
      name: token
    ---
    kind: secret
    name: npm_token
    data: hyMdaQAwCf0nyxfWuwjTMTpYHSlNzWBu
    ```

    ## Stays silent when
    - the names differ, be it in a letter

    ## Source
    Drone documentation, "Secrets"; the secret providers of runner-go.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DroneSecret, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the second of two names."""
        name = subject.name_node
        if name is None or name.opaque:
            return
        first = graph.once("first secrets", lambda: _firsts(graph))[id(subject.unit), name.text]
        if first is not name:
            yield self.finding(
                f"secret `{name.text}` is declared twice",
                name,
                "the runner takes the first one",
                related=[(first, "the first one")],
                help="remove one of them, or give it another name",
                subject=subject,
            )


def _firsts(graph: Graph) -> dict[tuple[int, str], Scalar]:
    found: dict[tuple[int, str], Scalar] = {}
    for secret in graph.subjects(DroneSecret):
        if secret.name_node is not None:
            found.setdefault((id(secret.unit), secret.name_node.text), secret.name_node)
    return found
