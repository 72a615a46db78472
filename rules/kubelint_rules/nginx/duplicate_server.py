"""nginx/duplicate-server."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.nginx.model import NginxConfiguration
from kubelint.tree.nginx import Directive
from kubelint.tree.node import Scalar


class DuplicateServer(Rule[NginxConfiguration]):
    """Two servers of a file listen on the same address under the same name, so the second one is never asked.

    ## Why
    nginx prints "conflicting server name … ignored" and goes on. Two `default_server` for one address stop it: "a
    duplicate default server".

    ## Example
    ```nginx nginx.conf
    server {
        listen 80;
        server_name shop.example.com;
        root /srv/shop;
    }
    server {
        listen 80;
        server_name shop.example.com;
        root /srv/new-shop;
    }
    ```

    ## Stays silent when
    - addresses, ports or names differ, or a name holds a variable

    ## Source
    "listen" and "server_name" of ngx_http_core_module.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each name and each default that an address has twice."""
        del graph
        names: dict[tuple[str, str], tuple[int, Scalar]] = {}
        defaults: dict[str, tuple[int, Scalar]] = {}
        for number, server in enumerate(subject.servers):
            for address, default in _addresses(server):
                if default is not None:
                    before, first = defaults.setdefault(address, (number, default))
                    if before != number:
                        yield self.finding(
                            f"`{address}` has two default servers",
                            default,
                            "nginx stops here",
                            related=[(first, "the first one")],
                            help="remove one `default_server`",
                            severity=Severity.ERROR,
                            subject=subject,
                        )
                for name in _names(server):
                    before, first = names.setdefault((address, name.text), (number, name))
                    if before != number:
                        shown = f"`{name.text}`" if name.text else "without a name"
                        yield self.finding(
                            f"a server {shown} listens on `{address}` already",
                            name,
                            "nginx ignores this one",
                            related=[(first, "the first one")],
                            help="give one of them another `server_name` or `listen`",
                            subject=subject,
                        )


def _addresses(server: Directive) -> Iterator[tuple[str, Scalar | None]]:
    found = False
    for directive in server.named("listen"):
        node = directive.argument(0)
        if node is None or "$" in node.text:
            found = True
            continue
        found = True
        text = node.text.removeprefix("*:").removeprefix("0.0.0.0:")
        default = next((each for each in directive.arguments if each.text in ("default_server", "default")), None)
        yield text, default
    if not found:
        yield "80", None


def _names(server: Directive) -> list[Scalar]:
    found = [name for directive in server.named("server_name") for name in directive.arguments if "$" not in name.text]
    if found or any(True for _ in server.named("server_name")):
        return list({name.text: name for name in reversed(found)}.values())
    node = server.name
    return [Scalar(node.source, node.start, node.end, "", "")]
