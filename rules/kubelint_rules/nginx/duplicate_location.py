"""nginx/duplicate-location."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.nginx.model import NginxConfiguration
from kubelint.tree.nginx import Directive


class DuplicateLocation(Rule[NginxConfiguration]):
    """A block has two `location` with the same path, so nginx does not start.

    ## Why
    nginx stops with "duplicate location". A path with and one without `=` are different ones; so are a prefix and a
    regular expression, but of two equal expressions only the first is ever used.

    ## Example
    ```nginx nginx.conf
    server {
        listen 80;
        location /api { proxy_pass http://orders.example.com; }
        location /api { proxy_pass http://billing.example.com; }
    }
    ```

    ## Stays silent when
    - the modifiers differ (`= /api` and `/api`), or the blocks are different ones

    ## Source
    "location" of ngx_http_core_module.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each location that its block has already."""
        del graph
        blocks = [subject.tree.directives, *(each.block for each in subject.directives if each.block)]
        for block in blocks:
            seen: dict[tuple[str, ...], Directive] = {}
            for directive in block:
                if directive.name.text != "location" or directive.block is None or not directive.arguments:
                    continue
                words = tuple(argument.text for argument in directive.arguments)
                if words[0] == "^~":
                    words = words[1:]
                first = seen.setdefault(words, directive)
                if first is directive:
                    continue
                regular = words[0].startswith("~")
                yield self.finding(
                    f"location `{' '.join(words)}` is there already",
                    directive.arguments[-1],
                    "it is never used: the first expression that matches counts" if regular else "nginx stops here",
                    related=[(first.arguments[-1], "the first one")],
                    help="put both into one block, or mend one of the paths",
                    severity=Severity.WARNING if regular else Severity.ERROR,
                    subject=subject,
                )
