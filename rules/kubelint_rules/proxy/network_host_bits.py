"""proxy/network-host-bits."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint_rules.proxy._urls import EXCEPTIONS, is_placeholder


class NetworkHostBits(Rule[ProxyVariable]):
    """A network in `NO_PROXY` is written by one of its addresses instead of its first.

    ## Why
    Clients that understand networks take `192.168.99.1/24` for `192.168.99.0/24`. Readers may take it for the one
    address, and other tools refuse it.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          NO_PROXY: localhost,127.0.0.1,192.168.99.1/24
    ```

    ## Stays silent when
    - the entry is a network by its first address, or no network
    - the value holds a template

    ## Source
    RFC 4632; the networks as read by curl 7.88, requests 2.34 and Go 1.27.
    """

    severity = Severity.INFO
    group = Group.STYLE
    fixable = True

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look at each entry with a slash."""
        del graph
        value, text = variable.value, variable.value.text
        if variable.name.lower() not in EXCEPTIONS or "/" not in text or value.opaque or is_placeholder(text):
            return
        start = 0
        for item in text.split(","):
            entry = item.strip()
            place = start + item.find(entry)
            start += len(item) + 1
            try:
                network = ip_network(entry, strict=False)
            except ValueError:
                continue
            if "/" in entry and entry.partition("/")[0].lower() != str(network.network_address):
                span = value.part(place, place + len(entry))
                fix = None
                if span.text == entry:
                    fix = Fix(f"write `{network}`", (TextEdit(span, str(network)),), Safety.SAFE)
                yield self.finding(
                    f"`{entry}` means the whole network {network}",
                    span,
                    "written by one of its addresses",
                    help=f"write `{network}`, or the address alone",
                    fix=fix,
                    subject=variable.resource,
                )
