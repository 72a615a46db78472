"""proxy/malformed-url."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import Span
from kubelint.suggest import did_you_mean, nearest
from kubelint.tree.node import Scalar
from kubelint_rules.proxy._urls import PROXIES, SCHEMES, is_placeholder, split_url

_HIGHEST_PORT = 65_535
# `http:/proxy`, `http:proxy:3128`, `http//proxy`: a scheme that is not followed by `://`.
_BROKEN_SCHEME = re.compile(r"(https?|socks[45]?[ah]?)(?::/?(?!/)(?![0-9]+(?:/|\Z))|/{1,2})", re.IGNORECASE)


class MalformedUrl(Rule[ProxyVariable]):
    """The URL of a proxy is written so that no client can use it.

    ## Why
    Programs do not report a proxy that they cannot read in the same way: some stop, others go past it and time out.
    Quotes and spaces that became part of the value are not seen in most output.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          - HTTP_PROXY="http://proxy:3128"
    ```

    ## Stays silent when
    - the value is empty, holds a template or a place to fill in (`http://<proxy>:3128`)
    - the port is missing, a path or a slash follows, or the URL has a user and a password
    - the scheme is missing altogether (see `proxy/no-scheme`)

    ## Source
    The proxy variables as read by curl 7.88, wget 1.21, Python 3.11 and Go 1.27, measured; RFC 3986.
    """

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Report the first thing that is wrong with a value."""
        del graph
        text = variable.value.text
        if variable.name.lower() not in PROXIES or not text or variable.value.opaque or is_placeholder(text):
            return
        found = _fault(variable.value)
        if found is None:
            return
        what, span, label, advice = found
        yield self.finding(
            f"`{variable.name}` is no URL that a client can use: {what}",
            span,
            label,
            help=advice,
            note=f"set in {variable.place}",
            subject=variable.resource,
        )


def _fault(value: Scalar) -> tuple[str, Span, str, str] | None:
    """Return what is wrong in words, where, a label and an advice; None where nothing is."""
    text = value.text
    stripped = text.strip()
    if stripped[:1] in ("'", '"') or stripped[-1:] in ("'", '"'):
        bare = stripped.strip("'\"")
        return "quotes in it", value.span, "the quotes are part of the value", f"write `{bare}`"
    if any(character.isspace() for character in text):
        advice = "remove the space" if " " in stripped else f"write `{stripped}`"
        return "a space in it", value.span, "a URL has no space", advice
    broken = _BROKEN_SCHEME.match(text)
    if broken is not None and "://" not in text[: broken.end() + 2]:
        rest = text[broken.end() :].lstrip("/:")
        place = value.part(0, broken.end())
        return "a broken scheme", place, "`://` ends a scheme", f"write `{broken[1].lower()}://{rest}`"
    url = split_url(text)
    if not url.scheme:
        return None
    if url.scheme not in SCHEMES:
        place = value.part(0, len(url.scheme))
        label = did_you_mean(nearest(url.scheme, SCHEMES)) or "clients know `http`, `https` and `socks5`"
        return f"the scheme `{url.scheme}`", place, label, f"write `http://{text.partition('://')[2]}`"
    if not url.host:
        return "no host", value.span, "nothing stands behind the scheme", "write `http://HOST:PORT`"
    return _port_fault(value, url.port)


def _port_fault(value: Scalar, port: str | None) -> tuple[str, Span, str, str] | None:
    if not port:
        return None
    if port.isascii() and port.isdecimal() and 0 < int(port[:6]) <= _HIGHEST_PORT:
        return None
    start = value.text.rfind(f":{port}") + 1
    place = value.part(start, start + len(port))
    return f"the port `{port[:20]}`", place, f"a port is a number up to {_HIGHEST_PORT}", "write the proxy's port"
