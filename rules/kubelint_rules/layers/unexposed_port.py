"""layers/unexposed-port."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.containers import PortUse, contents
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.tree.node import Scalar
from kubelint_schemas import docker as pack


class UnexposedPort(Rule[PortUse]):
    """Traffic is sent to a port that the image does not name, while it names another one.

    ## Why
    `EXPOSE` says what the program in an image listens on, and well-known images listen on well-known ports. Where
    something leads to another port, nobody answers there: people often write the port of the host twice
    (`"5433:5433"` for PostgreSQL, which listens on 5432).

    ## Example
    ```yaml compose.yaml
    services:
      db:
        image: postgres:16
        ports:
          - "5433:5433"
    ```

    ## Stays silent when
    - the command, a variable, an argument of the build or the health check names the port, too
    - the service has a command of its own, or gets a file mounted that may be its configuration
    - nothing says on which port the image listens: it is built here without `EXPOSE`, or is not well known

    ## Source
    Dockerfile reference, "EXPOSE"; the pages that describe the images.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: PortUse, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where the image is known to listen elsewhere."""
        from kubelint.systems.nginx.served import served  # only repositories with containers pay for it

        container = subject.container
        if container.own_command or served(graph, container) is not None:
            return
        related: list[tuple[Scalar, str]] = []
        texts = list(container.hints)
        if container.build is not None:
            known = contents(graph, container.build)
            exposed: dict[int, Scalar | None] = {} if known is None else dict(known.exposed)
            texts += known.texts if known is not None else ()
            source = f"`{container.build.dockerfile}` exposes"
            if known is not None and not exposed:
                exposed = dict.fromkeys(_well_known(known.base), None)
                source = "" if known.base is None else f"`{known.base.text}` listens on"
            related = [(node, "this is exposed") for node in list(exposed.values())[:2] if node is not None]
        else:
            exposed = dict.fromkeys(_well_known(container.image), None)
            source = "" if container.image is None else f"`{container.image.text}` listens on"
            if any(mounted.target.startswith(("/etc", "/conf", "/opt")) for mounted in container.mounts):
                return
        number = str(subject.number)
        named = re.compile(rf"(?<!\d){number}(?!\d)")
        if not exposed or subject.number in exposed or any(text == "$" or named.search(text) for text in texts):
            return
        shown = ", ".join(str(port) for port in sorted(exposed)[:4])
        yield self.finding(
            f"{source} {shown}, not {number}",
            subject.node,
            f"{subject.place} leads to port {number}",
            related=related,
            help=f"use {shown} inside of the container"
            if container.build is None
            else f"use {shown}, or mend `EXPOSE`",
            subject=container.resource,
        )


def _well_known(image: Scalar | None) -> frozenset[int]:
    return frozenset() if image is None else pack.listening_ports(image.text)
