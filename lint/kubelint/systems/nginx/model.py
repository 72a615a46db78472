"""Typed views of configuration files of nginx."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from kubelint.graph.containers import Container
from kubelint.graph.model import Document, Key, Resource, Unit
from kubelint.tree.nginx import Directive, NginxFile
from kubelint.tree.node import Node, Scalar

SYSTEM = "nginx"
CONFIGURATION = "configuration"
#: What hands requests to another server, and so names a host.
PASSING = frozenset({"proxy_pass", "fastcgi_pass", "grpc_pass", "memcached_pass", "scgi_pass", "uwsgi_pass"})
MAIN_ONLY = frozenset({"events", "http", "mail", "stream"})
MAIN, HTTP, SERVER = "main", "http", "server"

_ADDRESS = re.compile(r"(?:(?P<host>\[[0-9a-fA-F:.]+\]|[^:\s/]*):)?(?P<port>\d{1,5})\Z")
_PASSED = re.compile(r"(?:[a-z][a-z0-9+.-]*://)?(?P<host>\[[^\]]*\]|[^/:\s?]+)(?::(?P<port>\d{1,5}))?(?=[/?]|\Z)")
_BLOCK_CONTEXTS = {
    "": {"events": "events", "http": "http", "mail": "mail", "stream": "stream"},
    "http": {"server": "server", "upstream": "upstream", "location": "location"},
    "server": {"location": "location", "if": "server/if"},
    "location": {"location": "location", "if": "location/if", "limit_except": "limit_except"},
    "mail": {"server": "mail/server"},
    "stream": {"server": "stream/server", "upstream": "stream/upstream"},
}


class Listen(NamedTuple):
    """What one ``listen`` binds: ``number`` is None where it is no TCP port of its own or not known."""

    node: Scalar
    number: int | None
    known: bool


class Passed(NamedTuple):
    """A host that requests are passed to, and its port where one is written."""

    directive: Directive
    host: Scalar
    port: Scalar | None


@dataclass(frozen=True, slots=True, eq=False)
class UnknownHost:
    """A host that nothing defines.

    ``near`` are names that exist, each with its place; ``container`` runs the server.
    """

    passed: Passed
    near: tuple[tuple[str, Node], ...]
    container: Container | None


class NginxConfiguration(Resource):
    """One configuration file; its name is its path.

    ``targets`` are the paths that containers see it at, ``containers`` those that run with it.
    """

    def __init__(self, node: Node, unit: Unit, document: Document) -> None:
        key = Key(SYSTEM, CONFIGURATION, "", document.source.path)
        super().__init__(key, node, unit, document.mapping, document)
        content = document.content
        self.tree = content if isinstance(content, NginxFile) else NginxFile(document.source)
        self.targets: list[str] = []
        self.containers: list[Container] = []
        #: The hosts that it passes requests to and that do not exist where it is used.
        self.unknown_hosts: list[UnknownHost] = []

    @cached_property
    def context(self) -> str | None:
        """Where nginx reads the file: ``main``, else the block that includes it; None where that is not known."""
        names = {directive.name.text for directive in self.tree.directives}
        if any(target.endswith("/nginx.conf") for target in self.targets) or names & MAIN_ONLY:
            return MAIN
        if names & {"server", "upstream", "map", "geo", "limit_req_zone", "proxy_cache_path"}:
            return HTTP
        return SERVER if "location" in names else None

    @cached_property
    def directives(self) -> list[Directive]:
        """All directives in the order of the text, without those in blocks of other languages."""
        return list(self.tree.walk())

    @cached_property
    def servers(self) -> list[Directive]:
        """The ``server`` blocks for HTTP."""
        return [
            directive
            for directive in self.directives
            if directive.name.text == "server"
            and directive.block is not None
            and (directive.parent is None or directive.parent.name.text == "http")
        ]

    @cached_property
    def upstreams(self) -> dict[str, Scalar]:
        """The names of ``upstream`` blocks."""
        return {
            directive.arguments[0].text: directive.arguments[0]
            for directive in self.directives
            if directive.name.text == "upstream" and directive.block is not None and directive.arguments
        }

    @property
    def includes(self) -> Iterator[Scalar]:
        """The paths of ``include``."""
        for directive in self.directives:
            if directive.name.text == "include" and directive.arguments:
                yield directive.arguments[0]

    @cached_property
    def passed(self) -> list[Passed]:
        """The hosts that requests go to: of ``proxy_pass`` and the like, and of the servers of an ``upstream``."""
        return [found for directive in self.directives for found in _passed(directive)]

    def contexts(self) -> Iterator[tuple[Directive, str | None]]:
        """Yield each directive with the name of the context that it stands in; None where that is not known."""
        pending = [(directive, self.context) for directive in reversed(self.tree.directives)]
        while pending:
            directive, context = pending.pop()
            yield directive, context
            if directive.block is not None and not directive.raw:
                inner = None if context is None else _inner(context, directive.name.text)
                pending.extend((child, inner) for child in reversed(directive.block))


def _inner(context: str, name: str) -> str | None:
    return _BLOCK_CONTEXTS.get("" if context == MAIN else context, {}).get(name)


def listens(server: Directive) -> list[Listen]:
    """Return what a ``server`` block listens on; empty where it does not say, which means port 80."""
    found = []
    for directive in server.named("listen"):
        node = directive.argument(0)
        if node is None:
            continue
        text = node.text
        if "$" in text or "{" in text:
            found.append(Listen(node, None, known=False))
        elif text.startswith("unix:") or "quic" in [each.text for each in directive.arguments]:
            found.append(Listen(node, None, known=True))
        else:
            match = _ADDRESS.match(text)
            number = int(match["port"]) if match is not None else 80
            found.append(Listen(node, number, known=True))
    return found


def _passed(directive: Directive) -> Iterator[Passed]:
    name, node = directive.name.text, directive.argument(0)
    in_upstream = name == "server" and directive.block is None and directive.parent is not None
    if node is None or not (name in PASSING or (in_upstream and directive.parent.name.text == "upstream")):  # type: ignore[union-attr]
        return
    text = node.text
    if "$" in text or "{" in text or text.startswith(("unix:", "http://unix:")):
        return
    match = _PASSED.match(text)
    if match is None:
        return
    host = _part(node, *match.span("host"))
    port = _part(node, *match.span("port")) if match["port"] else None
    yield Passed(directive, host, port)


def _part(node: Scalar, start: int, end: int) -> Scalar:
    span = node.part(start, end)
    return Scalar(node.source, span.start, span.end, node.text[start:end], "")
