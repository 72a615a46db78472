"""proxy/incomplete-exceptions."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint_rules.proxy._exceptions import covers
from kubelint_rules.proxy._urls import is_placeholder


class IncompleteExceptions(Rule[ProxyVariable]):
    """`NO_PROXY` lacks the machine itself, or in Kubernetes the names of the cluster.

    ## Why
    Curl, wget and Python send requests to `localhost` to the proxy unless an exception says otherwise; Go alone does
    not. In a cluster the Services (`.svc`, `.cluster.local`) have to be reached without the proxy, which does not know
    them.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          http_proxy: http://proxy:3128
          no_proxy: registry.example.net
    ```

    ## Stays silent when
    - the value holds a template or a place to fill in, or is empty
    - kubespray adds the value to a list of its own

    ## Source
    Measured with curl 7.88, wget 1.21, requests 2.34, urllib of Python 3.11 and Go 1.27; Kubernetes documentation, "DNS
    for Services and Pods".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look for what every list should have."""
        text, system = variable.value.text, variable.resource.key.system
        if variable.name.lower() != "no_proxy" or not text.strip() or variable.value.opaque or is_placeholder(text):
            return
        missing = [host for host in ("localhost", "127.0.0.1") if not covers(text, host)]
        if system == "kubernetes":
            domain = graph.settings.target("kubernetes", "cluster-domain") or "cluster.local"
            for host, entry in (("web.default.svc", ".svc"), (f"web.default.svc.{domain}", f".{domain}")):
                if not covers(text, host):
                    missing.append(entry)
        if system == "kubespray" or not missing:
            return
        words = ", ".join(f"`{entry}`" for entry in missing)
        yield self.finding(
            f"`{variable.name}` lacks {words}",
            variable.value,
            "requests to them go to the proxy",
            help=f"add `{','.join(missing)}`",
            note=f"set in {variable.place}",
            subject=variable.resource,
        )
