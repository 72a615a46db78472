"""compose/secret-undefined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class SecretUndefined(Rule[ComposeService]):
    """A service gets a secret that the project does not declare, so Compose refuses the project.

    ## Why
    Each secret of a service or of its build must stand under the top-level `secrets:` with its source. Compose stops
    with "refers to undefined secret" and starts nothing.

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:16
        secrets:
          - db_password
    secrets:
      db-password:
        file: ./db/password.txt
    ```

    ## Stays silent when
    - the name holds a variable, or a part of the project (a remote `include`) cannot be read
    - another compose file of the folder, or of a folder above, declares it: the two may be combined with `-f`
    - `externals:` of the configuration names it

    ## Source
    Compose Specification, "secrets" of a service, "secrets" of `build` and the top-level "secrets".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each secret that no file of the project declares."""
        for reference in graph.outgoing(subject, "uses-secret"):
            if reference.dangling:
                names = [candidate.name for candidate in reference.candidates]
                declare = f"declare `{reference.wanted.name}` under the top-level `secrets:`"
                help_text = f"write `{names[0]}`, or {declare}" if names else declare
                yield self.dangling(reference, "secret", "no file of the project declares it", help=help_text)
