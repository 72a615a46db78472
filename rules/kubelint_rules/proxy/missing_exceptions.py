"""proxy/missing-exceptions."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint_rules.proxy._process import all_names, is_first

_PROXIES = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")


class MissingExceptions(Rule[ProxyVariable]):
    """A process has a proxy and no `NO_PROXY`, so that everything goes through the proxy.

    ## Why
    Without exceptions requests to `localhost`, to the other services and to the cluster's API go to the proxy, too,
    which cannot reach them. (Go alone always goes past the proxy to `localhost`.)

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          HTTP_PROXY: http://proxy:3128
    ```

    ## Stays silent when
    - some of the variables come from elsewhere (a Secret, a file that is not in the repository)
    - kubespray makes the list, or it is a build argument of a Dockerfile
    - the proxy is empty, which turns it off

    ## Source
    Measured with curl 7.88, wget 1.21, requests 2.34, urllib of Python 3.11 and Go 1.27.
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Report the first proxy of a process without exceptions."""
        if variable.name not in _PROXIES or not variable.value.text or "`ARG`" in variable.place:
            return
        if variable.resource.key.system == "kubespray" or not is_first(variable, _PROXIES, graph):
            return
        names = all_names(variable, graph)
        if names is None or {"no_proxy", "NO_PROXY"} & names:
            return
        wanted = "NO_PROXY" if variable.name.isupper() else "no_proxy"
        yield self.finding(
            f"`{variable.name}` is set without `{wanted}`: everything goes through the proxy",
            variable.key_node,
            f"set in {variable.place}",
            help=f"set `{wanted}` to what can be reached without it, such as `localhost,127.0.0.1`",
            subject=variable.resource,
        )
