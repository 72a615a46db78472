"""systemd/assignment-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.systemd.model import ServiceFile
from kubelint.systems.systemd.read import Fault, FaultKind
from kubelint.words import quoted


class AssignmentIgnored(Rule[ServiceFile]):
    """systemd ignores a part of what a unit sets in its daemon's environment.

    ## Why
    The proxy of Docker and containerd is set in a drop-in of their unit. A space ends an assignment that is not in
    quotes, a percent sign begins a specifier, and nothing counts outside of `[Service]`. systemd only leaves a
    warning in the journal, and the daemon pulls no images.

    ## Example
    ```ini docker.service.d/http-proxy.conf
    [Service]
    Environment=HTTP_PROXY=http://proxy.example.net:3128
    Environment=NO_PROXY=localhost, 127.0.0.1, .example.net
    ```

    ## Stays silent when
    - the whole assignment is in quotes, or one line holds several assignments
    - a percent sign is doubled, or begins a specifier (`%h`)

    ## Source
    systemd.exec(5), "Environment="; systemd.syntax(7); systemd.unit(5), "Specifiers"; Docker documentation, "Daemon
    proxy configuration".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, file: ServiceFile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each part that is ignored."""
        del graph
        for fault in file.environment.faults:
            yield self._finding(file, fault)

    def _finding(self, file: ServiceFile, fault: Fault) -> Finding:
        if fault.kind is FaultKind.NO_SECTION:
            return self.finding(
                "systemd ignores `Environment` outside of `[Service]`",
                fault.span,
                "no line before it says `[Service]`",
                help="write `[Service]` above it",
                subject=file,
            )
        if fault.kind is FaultKind.SPECIFIER:
            return self.finding(
                f"systemd takes {quoted(fault.span.text)} for a specifier",
                fault.span,
                "the assignment is ignored, or changed",
                help="double the percent sign: `%%`",
                subject=file,
            )
        before = fault.before
        related = [] if before is None else [(before, "the assignment ends here, at the space")]
        help_text = 'put the whole assignment in quotes: `Environment="NAME=value"`'
        if before is not None:
            name = before.text.partition("=")[0].strip("\"'")
            help_text = f'put the whole assignment in quotes: `Environment="{name}=…"`'
        return self.finding(
            f"systemd ignores {quoted(fault.span.text)}: it is no assignment",
            fault.span,
            "a space ends an assignment that is not in quotes",
            related=related,
            help=help_text,
            subject=file,
        )
