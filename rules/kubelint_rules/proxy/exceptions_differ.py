"""proxy/exceptions-differ."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import EnvironmentVariable, ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint_rules.proxy._exceptions import entries
from kubelint_rules.proxy._urls import is_placeholder


class ExceptionsDiffer(Rule[ProxyVariable]):
    """Two processes of one project go past the proxy to different hosts.

    ## Why
    `NO_PROXY` is copied from place to place, and a new host is added in one of them. The others go on sending its
    requests to the proxy.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          NO_PROXY: localhost,127.0.0.1,registry.example.net
      worker:
        image: registry.example.net/worker:2.4
        environment:
          NO_PROXY: localhost,127.0.0.1
    ```

    ## Stays silent when
    - the entries are the same in another order
    - a value holds a template

    ## Source
    The proxy variables as read by curl 7.88, wget 1.21, Python 3.11 and Go 1.27.
    """

    severity = Severity.INFO
    group = Group.DRIFT

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Compare a value with the first one of its unit."""
        if not _is_list(variable):
            return
        firsts = graph.once("first exceptions", lambda: _firsts(graph))
        first = firsts[id(variable.resource.unit)]
        if first is variable or first.place == variable.place:
            return
        own, other = entries(variable.value.text), entries(first.value.text)
        lacking = [entry for entry in other if entry not in own]
        more = [entry for entry in own if entry not in other]
        if not lacking and not more:
            return
        words = f"lacks `{lacking[0]}`" if lacking else f"has `{more[0]}` as well"
        yield self.finding(
            f"`{variable.name}` of {variable.place} differs",
            variable.value,
            f"{words}, unlike {first.place}",
            related=[(first.value, f"the list of {first.place}")],
            help="keep one list for all",
            subject=variable.resource,
        )


def _is_list(variable: EnvironmentVariable) -> bool:
    text = variable.value.text
    return variable.name.lower() == "no_proxy" and bool(text) and not variable.value.opaque and not is_placeholder(text)


def _firsts(graph: Graph) -> dict[int, EnvironmentVariable]:
    found: dict[int, EnvironmentVariable] = {}
    for variable in graph.subjects(EnvironmentVariable):
        if _is_list(variable):
            found.setdefault(id(variable.resource.unit), variable)
    return found
