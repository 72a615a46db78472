"""proxy/https-scheme."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import EnvironmentVariable, ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.tree.opaque import literal_prefix
from kubelint_rules.proxy._urls import PROXIES, ProxyUrl, sibling, split_url

_SCHEME = "https://"
#: Ports at which a proxy that is spoken to with TLS is to be expected.
_TLS_PORTS = frozenset({"443", "8443"})
#: Ports at which proxies listen for plain HTTP.
_PLAIN_PORTS = frozenset({"80", "1080", "3128", "8000", "8080", "8118", "8123", "8888"})


class HttpsScheme(Rule[ProxyVariable]):
    """The URL of a proxy begins with `https://`, so that clients speak TLS to the proxy itself.

    ## Why
    The scheme of `HTTPS_PROXY` says how the proxy is spoken to, not what goes through it: HTTPS requests go through a
    plain `http://` proxy with CONNECT, encrypted from end to end. Few proxies listen for TLS. At one that does not,
    every request fails, with `first record does not look like a TLS handshake` (Go, Docker), `wrong version number`
    (curl), or once `oversized record received with length 20527`.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          HTTPS_PROXY: https://proxy:3128
    ```

    ## Stays silent when
    - the port is 443 or 8443: such a proxy does listen for TLS
    - a template gives the whole URL

    It is an error, and not a warning, where the same process has the same proxy with `http://` in `HTTP_PROXY`.

    ## Source
    Kubernetes issue 15839, moby issues 23847 and 37102; kubespray, `docs/advanced/proxy.md`; the errors as measured
    with Go 1.27, curl 7.88 and requests 2.34.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look at the scheme of variables that name a proxy."""
        if variable.name.lower() not in PROXIES:
            return
        text = variable.value.text
        if not literal_prefix(text).lower().startswith(_SCHEME):
            return
        known = not variable.value.opaque
        url = split_url(text)
        if known and url.port in _TLS_PORTS:
            return
        plain = self._plain_twin(variable, url, graph) if known else None
        value = variable.value
        wanted = "http" + text[len("https") :]
        scheme = value.part(0, len("https"))
        fix = None
        if scheme.text.lower() == "https":
            fix = Fix(f"write `{wanted}`" if known else "write `http://`", (TextEdit(scheme, "http"),), Safety.UNSAFE)
        yield self.finding(
            f"`{variable.name}` makes clients speak TLS to the proxy itself",
            value,
            f"set in {variable.place}",
            related=[] if plain is None else [(plain.value, "the same proxy is spoken to in plain HTTP")],
            help=f"write `{wanted}`" if known else "begin the value with `http://`",
            note="the scheme is that of the connection to the proxy; HTTPS goes through an `http://` proxy as well",
            fix=fix,
            severity=None if plain is None else Severity.ERROR,
            subject=variable.resource,
        )

    @staticmethod
    def _plain_twin(variable: EnvironmentVariable, url: ProxyUrl, graph: Graph) -> EnvironmentVariable | None:
        """Return the HTTP proxy of the same process if it is the same one, spoken to without TLS."""
        other = sibling(variable, "http_proxy", graph)
        if other is None or other.value is variable.value or other.value.opaque:
            return None
        twin = split_url(other.value.text)
        if twin.scheme not in ("http", "") or twin.host.lower() != url.host.lower():
            return None
        return other if twin.port == url.port or url.port in _PLAIN_PORTS else None
