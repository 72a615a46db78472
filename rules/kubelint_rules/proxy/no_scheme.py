"""proxy/no-scheme."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.model import ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint_rules.proxy._urls import PROXIES, is_placeholder, split_url

#: Who reads the value there and takes it for no URL.
_READERS = {
    "kubespray": "apt refuses it, and kubespray writes it into the configuration of apt and yum",
    "docker": "apt and npm refuse it while the image is built",
}


class NoScheme(Rule[ProxyVariable]):
    """A proxy is set without `http://`, for programs that need a URL.

    ## Why
    Curl, wget, Python and Go take `10.0.0.9:3128` for `http://10.0.0.9:3128`. Apt and npm do not: apt goes on without
    any package list, npm stops with `Invalid URL`. They are what reads the value on kubespray's hosts and while an
    image is built.

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node1
    ```
    ```yaml inventory/prod/group_vars/all/all.yml
    http_proxy: 10.0.0.9:3128
    ```

    ## Stays silent when
    - the variable is set for a container, whose program may well accept it
    - the value is empty or holds a template

    ## Source
    Kubespray issue 3357; measured with apt 2.6, npm 10, curl 7.88, wget 1.21, Python 3.11 and Go 1.27.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, variable: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look for `host:port` and `host` where a URL is needed."""
        del graph
        reader = _READERS.get(variable.resource.key.system)
        text = variable.value.text
        if reader is None or variable.name.lower() not in PROXIES or not text or variable.value.opaque:
            return
        url = split_url(text)
        if url.scheme or is_placeholder(text) or not _is_address(url.host, url.port):
            return
        start = variable.value.part(0, len(text))
        fix = None
        if start.text == text:
            fix = Fix(f"write `http://{text}`", (TextEdit(start, f"http://{text}"),), Safety.UNSAFE)
        yield self.finding(
            f"`{variable.name}` is no URL: the scheme is missing",
            variable.value,
            f"set in {variable.place}",
            help=f"write `http://{text}`",
            note=reader,
            fix=fix,
            subject=variable.resource,
        )


def _is_address(host: str, port: str | None) -> bool:
    """Tell whether the parts are a host and a port, and not a word such as `none` or a broken URL."""
    plausible = bool(host) and all(character.isalnum() or character in "-_." for character in host)
    return plausible and ((port is not None and port.isdecimal()) or (port is None and "." in host))
