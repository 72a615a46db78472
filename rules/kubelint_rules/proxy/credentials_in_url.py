"""proxy/credentials-in-url."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint_rules.proxy._urls import PROXIES, is_placeholder

_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#:@\s]*:(?P<password>[^/?#@\s]+)@")


class CredentialsInUrl(Rule[ProxyVariable]):
    """The password of a proxy stands in the file.

    ## Why
    Everybody who can read the repository, the pod or the image can read it. As a variable it is also handed to every
    program that the process starts.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          HTTP_PROXY: http://web:correct-horse@proxy:3128
          NO_PROXY: localhost,127.0.0.1
    ```

    ## Stays silent when
    - the password is a template or a place to fill in
    - the URL has a user and no password

    ## Source
    RFC 3986, section 7.5: a password in a URL is disclosed to whoever sees it.
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look for a password between user and host."""
        del graph
        text = variable.value.text
        found = _PASSWORD.match(text)
        if variable.name.lower() not in PROXIES or found is None or variable.value.opaque or is_placeholder(text):
            return
        if "$" in found["password"]:
            return
        yield self.finding(
            f"`{variable.name}` holds the password of the proxy",
            variable.value.part(found.start("password"), found.end("password")),
            "everybody who can read the file can read it",
            help="take the URL from a secret, or let a local proxy add the password",
            note=f"set in {variable.place}",
            subject=variable.resource,
        )
