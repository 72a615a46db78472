"""proxy/cases-differ."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint_rules.proxy._exceptions import entries
from kubelint_rules.proxy._process import process
from kubelint_rules.proxy._urls import PROXIES


class CasesDiffer(Rule[ProxyVariable]):
    """A proxy variable has one value in lower case and another in upper case.

    ## Why
    Curl, wget and Python take the one in lower case, Go the one in upper case. Two programs in one container then go
    different ways, and a change to one of the two does nothing for half of them.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          no_proxy: localhost,127.0.0.1,database
          NO_PROXY: localhost,127.0.0.1
    ```

    ## Stays silent when
    - the values are equal, be it in another order of a list
    - one of them is empty, holds a template or another variable (`$(PROXY)`)

    ## Source
    Measured with curl 7.88, wget 1.21, requests 2.34, urllib of Python 3.11 and Go 1.27: of two that differ the lower
    one wins, except in Go.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Compare a variable in upper case with its twin."""
        lower = variable.name.lower()
        if variable.name == lower or variable.name != lower.upper() or lower not in {*PROXIES, "no_proxy"}:
            return
        variables = process(variable, graph)
        twin = variables.get(lower)
        if variables[variable.name] is not variable or twin is None or twin.value.opaque or variable.value.opaque:
            return
        one, other = variable.value.text.strip(), twin.value.text.strip()
        if not one or not other or "$(" in f"{one}{other}":
            return
        if one.rstrip("/") == other.rstrip("/") or sorted(entries(one)) == sorted(entries(other)):
            return
        yield self.finding(
            f"`{variable.name}` and `{lower}` have different values",
            variable.value,
            "Go takes this one",
            related=[(twin.value, "curl, wget and Python take this one")],
            help="set both to the same value",
            note=f"set in {variable.place}",
            subject=variable.resource,
        )
