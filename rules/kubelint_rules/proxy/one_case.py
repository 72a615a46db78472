"""proxy/one-case."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint_rules.proxy._process import all_names, is_first

_WHO = {
    "HTTP_PROXY": "curl and wget do not read it for http:// addresses",
    "HTTPS_PROXY": "wget does not read it",
    "NO_PROXY": "wget does not read it",
}
#: Who sets both cases from one value, or is read by Go programs alone, which take either.
_EITHER = frozenset({"kubespray", "systemd"})


class OneCase(Rule[ProxyVariable]):
    """A proxy is set in upper case only, which some clients do not read.

    ## Why
    The lower case is the older one, and the only one that all clients read:

    | set | curl | wget | requests, urllib | Go |
    |---|---|---|---|---|
    | `http_proxy` only | proxy | proxy | proxy | proxy |
    | `HTTP_PROXY` only, http:// address | **direct** | **direct** | proxy | proxy |
    | `HTTPS_PROXY` only, https:// address | proxy | **direct** | proxy | proxy |
    | `NO_PROXY` only, beside `http_proxy` | direct | **proxy** | direct | direct |

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          HTTP_PROXY: http://proxy:3128
          NO_PROXY: localhost,127.0.0.1
    ```

    ## Stays silent when
    - both cases are set, or the lower one alone, which all clients read
    - kubespray sets both, or a unit of systemd is for a daemon that takes either
    - it is a build argument of a Dockerfile

    ## Source
    Measured with curl 7.88, wget 1.21, requests 2.34, urllib of Python 3.11 and Go 1.27.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Report the first variable of a process that has no twin in lower case."""
        if variable.name not in _WHO or not variable.value.text or variable.resource.key.system in _EITHER:
            return
        if "`ARG`" in variable.place:
            return
        names = all_names(variable, graph)
        if names is None:
            return
        alone = tuple(name for name in _WHO if name in names and name.lower() not in names)
        if variable.name not in alone or not is_first(variable, alone, graph):
            return
        yield self.finding(
            f"`{variable.name}` is set in upper case only",
            variable.key_node,
            _WHO[variable.name],
            help=f"set {' and '.join(f'`{name.lower()}`' for name in alone)} to the same value as well",
            note=f"set in {variable.place}",
            subject=variable.resource,
        )
