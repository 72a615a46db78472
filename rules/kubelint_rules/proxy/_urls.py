"""What the rules on proxy settings share: which variables they are and how their values are taken apart."""

from __future__ import annotations

import re
from typing import NamedTuple

from kubelint.graph.model import EnvironmentVariable, ProxyVariable
from kubelint.graph.query import Graph

PROXIES = ProxyVariable.PROXIES
EXCEPTIONS = ProxyVariable.EXCEPTIONS
#: What curl, Go, Python and wget know between them.
SCHEMES = ("http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h")

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_AUTHORITY_END = re.compile(r"[/?#]")


class ProxyUrl(NamedTuple):
    """The parts of a proxy's URL as texts; ``port`` is None where there is none, ``scheme`` empty."""

    scheme: str
    host: str
    port: str | None


def split_url(text: str) -> ProxyUrl:
    """Return the parts of a value; anything at all has parts, whether they make sense or not."""
    found = _SCHEME.match(text)
    scheme, rest = ("", text) if found is None else (found[1].lower(), text[found.end() :])
    end = _AUTHORITY_END.search(rest)
    authority = rest if end is None else rest[: end.start()]
    authority = authority.rpartition("@")[2]
    if authority.startswith("["):
        host, _, behind = authority[1:].partition("]")
        return ProxyUrl(scheme, host, behind[1:] if behind.startswith(":") else None)
    host, colon, port = authority.partition(":")
    return ProxyUrl(scheme, host, port if colon else None)


def is_placeholder(text: str) -> bool:
    """Tell whether a value is still to be filled in (``http://<proxy>:<port>``)."""
    return "<" in text and ">" in text


def sibling(variable: EnvironmentVariable, name: str, graph: Graph) -> EnvironmentVariable | None:
    """Return the variable of that name (in lower case) that the same process gets; None where it gets none."""
    index = graph.once("proxy variables by place", lambda: _by_place(graph))
    return index.get((id(variable.resource.unit), variable.place, name))


def _by_place(graph: Graph) -> dict[tuple[int, str, str], EnvironmentVariable]:
    return {
        (id(variable.resource.unit), variable.place, variable.name.lower()): variable
        for variable in graph.subjects(EnvironmentVariable)
        if variable.name.lower() in PROXIES
    }
