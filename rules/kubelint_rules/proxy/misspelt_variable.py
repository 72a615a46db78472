"""proxy/misspelt-variable."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import EnvironmentVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint_rules.proxy._urls import PROXIES

_NAMES = tuple(sorted({*PROXIES, "no_proxy"}))


class MisspeltVariable(Rule[EnvironmentVariable]):
    """A variable is nearly, but not quite, called like one that names a proxy.

    ## Why
    A client looks for `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in lower or upper case, and for nothing
    else. With `HTTPS_PORXY` it goes past the proxy, and behind a firewall it waits until it times out.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          HTTP_PROXY: http://proxy:3128
          HTTPS_PORXY: http://proxy:3128
          NO_PROXY: localhost,127.0.0.1
    ```

    ## Stays silent when
    - the name differs in more than a slip, such as a program's own `PROXY_URL`
    - only dashes, underscores or the case differ: some programs read their own names

    ## Source
    The variables as read by curl 7.88, wget 1.21, Python 3.11 and Go 1.27.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, variable: EnvironmentVariable, graph: Graph) -> Iterator[Finding]:
        """Look for names that are a slip of a well-known one."""
        del graph
        name = variable.name
        lower = name.lower()
        if lower in _NAMES or "_" not in name or not name.isascii() or name not in (lower, name.upper()):
            return
        if not 7 <= len(name) <= 13 or lower.replace("_", "") in {known.replace("_", "") for known in _NAMES}:
            return
        near = [known for known in nearest(lower, _NAMES) if known[0] == lower[0]]
        near = [known if name == lower else known.upper() for known in near]
        if not near:
            return
        key = variable.key_node.span
        fix = None
        if len(near) == 1 and key.text == name:
            fix = Fix(f"replace `{name}` with `{near[0]}`", (TextEdit(key, near[0]),), Safety.UNSAFE)
        yield self.finding(
            f"no client reads `{name}`; {did_you_mean(near)}",
            variable.key_node,
            f"set in {variable.place}",
            help=f"write `{near[0]}`",
            fix=fix,
            subject=variable.resource,
        )
