"""compose/bind-source-missing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.mounted import missing_binds


class BindSourceMissing(Rule[ComposeService]):
    """A service mounts a file that is not there, so the engine makes an empty folder in its place.

    ## Why
    In the short form the engine creates what is missing, always as a folder. A program that expects its configuration
    there stops with "is a directory", or starts with its defaults.

    ## Example
    ```yaml compose.yaml
    services:
      proxy:
        image: traefik:v3.3
        volumes:
          - ./traefik.yml:/etc/traefik/traefik.yml:ro
    ```

    ## Stays silent when
    - neither end looks like a file: an empty folder for data is what is wanted
    - git ignores the path, or a template of it stands beside it (`app.conf.example`)
    - a script, a makefile or a README names it, or it leads out of the repository
    - the path holds a variable

    It is an error where a similar name is there.

    ## Source
    Compose Specification, "volumes", short syntax; Docker documentation, "Bind mounts".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each file that is mounted and not there."""
        for missing in missing_binds(graph, subject):
            source, near = missing.bind.source, missing.near
            fix = None
            name = source.text.rstrip("/").rpartition("/")[2]
            start = source.text.rfind(name)
            span = source.part(start, start + len(name))
            if near and span.text == name:
                fix = Fix(f"replace `{name}` with `{near}`", (TextEdit(span, near),), Safety.UNSAFE)
            yield self.finding(
                f"`{source.text}` does not exist",
                source,
                did_you_mean([near]) if near else "the engine makes an empty folder here",
                help=f"write `{near}`" if near else "add the file, or mend the path",
                fix=fix,
                severity=Severity.ERROR if near else Severity.WARNING,
                subject=subject,
            )
