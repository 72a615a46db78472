"""docker/malformed-port."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.containers import is_known
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.docker.model import Dockerfile

_PORT = re.compile(r"(?P<first>\d+)(?:-(?P<last>\d+))?(?:/(?P<protocol>tcp|udp|sctp))?\Z", re.IGNORECASE)
_HIGHEST = 65535


class MalformedPort(Rule[Dockerfile]):
    """`EXPOSE` names something that is no port of the container, so the build stops there.

    ## Why
    `EXPOSE` takes a number or a range and a protocol. A port of the host belongs to whoever runs the container: with
    `EXPOSE 8080:80` the build fails.

    ## Example
    ```dockerfile Dockerfile
    FROM nginx:1.27
    EXPOSE 8080:80
    ```

    ## Stays silent when
    - a variable is part of it

    ## Source
    Dockerfile reference, "EXPOSE"; BuildKit, build check "ExposeInvalidFormat".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: Dockerfile, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each word of ``EXPOSE`` that is no port."""
        del graph
        for instruction in subject.tree.instructions:
            for word in instruction.arguments if instruction.name == "EXPOSE" else ():
                wrong = _fault(word.text) if is_known(word.text) else None
                if wrong is not None:
                    label, help_text = wrong
                    yield self.finding(
                        f"`{word.text}` is no port that a container can expose",
                        word,
                        label,
                        help=help_text,
                        subject=subject,
                    )


def _fault(text: str) -> tuple[str, str] | None:
    found = _PORT.match(text.strip('"'))
    if found is None:
        if ":" in text:
            return "the port of the host is not for the image to choose", f"write `{text.rpartition(':')[2]}`"
        return "a number and perhaps `/tcp` or `/udp` was expected", "write the port alone"
    first, last = int(found["first"][:9]), int((found["last"] or found["first"])[:9])
    if not 0 < first <= _HIGHEST or not 0 < last <= _HIGHEST:
        return f"ports go from 1 to {_HIGHEST}", "write a port that exists"
    return ("the range ends before it begins", f"write `{last}-{first}`") if last < first else None
