"""proxy/placeholder-left."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint_rules.proxy._urls import EXCEPTIONS, PROXIES, is_placeholder


class PlaceholderLeft(Rule[ProxyVariable]):
    """A proxy variable still has the `<…>` of the instructions that it was copied from.

    ## Why
    `http://<proxy hostname:port>` is no address. Clients stop at it, or go past the proxy and time out.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          HTTP_PROXY: http://<proxy hostname:port>
          NO_PROXY: localhost,127.0.0.1
    ```

    ## Stays silent when
    - the file is a sample by its name (`sample`, `example`, `template`)
    - the value is a template of a tool (`${PROXY}`, `{{ proxy }}`)

    ## Source
    The instructions of minikube and of Docker, which use this form.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look for a value in angle brackets."""
        del graph
        text = variable.value.text
        if variable.name.lower() not in {*PROXIES, *EXCEPTIONS} or not is_placeholder(text) or "{{" in text:
            return
        path = variable.value.source.path.lower()
        start, end = text.index("<"), text.rindex(">") + 1
        if end <= start or "$" in text or any(word in path for word in ("sample", "example", "template", ".tmpl")):
            return
        yield self.finding(
            f"`{variable.name}` still has a place to fill in",
            variable.value.part(start, end),
            f"set in {variable.place}",
            help="write the host and the port of the proxy",
            subject=variable.resource,
        )
