"""proxy/internal-host-proxied."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.model import Entity, EnvironmentVariable, Key, ProxyVariable
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.drone.model import DronePipeline
from kubelint.systems.kubernetes.calls import split_host
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint_rules.proxy._exceptions import covers
from kubelint_rules.proxy._process import all_names, process
from kubelint_rules.proxy._urls import EXCEPTIONS

_URL = re.compile(r"(?P<scheme>https?)://(?:[^/@\s]*@)?(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{0,252})(?=[:/?#]|\Z)")


class InternalHostProxied(Rule[ProxyVariable]):
    """A process calls a neighbour by its name and has a proxy that does not know that name.

    ## Why
    With `HTTP_PROXY` set, a request to `http://orders:8080` goes to the proxy unless `NO_PROXY` names the host. The
    proxy is outside and cannot resolve `orders`: it answers 502 or 503, which looks as if the service were down.

    What clients make of an entry of `NO_PROXY`:

    | entry | curl | wget | requests | urllib | Go |
    |---|---|---|---|---|---|
    | `orders` for `orders` | direct | direct | direct | direct | direct |
    | `.svc` or `svc` for `a.b.svc` | direct | direct | direct | direct | direct |
    | `*.svc` for `a.b.svc` | proxy | proxy | proxy | proxy | direct |
    | `.example.com` for `example.com` | direct | proxy | direct | direct | proxy |
    | `10.96.0.0/12` for `10.96.0.1` | direct | proxy | direct | proxy | direct |
    | `10.96.*`, `10.` | proxy | proxy | proxy | proxy | proxy |
    | `a;b`, quotes, a scheme | proxy | proxy | proxy | proxy | proxy |
    | `*` | direct | proxy | direct | direct | direct |
    | nothing, for `localhost` | proxy | proxy | proxy | proxy | direct |

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: registry.example.net/web:2.4
        environment:
          ORDERS_URL: http://orders:8080
          HTTP_PROXY: http://proxy.example.net:3128
          NO_PROXY: localhost,127.0.0.1
      orders:
        image: registry.example.net/orders:1.7
    ```

    ## Stays silent when
    - an entry of `NO_PROXY` makes any common client go past the proxy
    - some of the process's variables come from elsewhere, or `NO_PROXY` holds a template
    - the address is no http:// or https:// URL: other protocols do not use the proxy

    ## Source
    Measured with curl 7.88, wget 1.21, requests 2.34, urllib of Python 3.11 and Go 1.27.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, proxy: ProxyVariable, graph: Graph) -> Iterator[Finding]:
        """Look at each URL of the process that gets the proxy whose host is a neighbour."""
        variables = process(proxy, graph)
        scheme = proxy.name.lower().removesuffix("_proxy")
        if proxy is not _proxy(variables, scheme):
            return
        for variable in variables.values():
            found = _URL.match(variable.value.text)
            if found is not None and found["scheme"] == scheme and "proxy" not in variable.name.lower():
                yield from self._check_url(variable, found["host"], found.start("host"), proxy, variables, graph)

    def _check_url(
        self,
        variable: EnvironmentVariable,
        host: str,
        start: int,
        proxy: ProxyVariable,
        variables: dict[str, EnvironmentVariable],
        graph: Graph,
    ) -> Iterator[Finding]:
        neighbour = _neighbour(variable, host, graph)
        if neighbour is None:
            return
        names = all_names(variable, graph)
        if names is None:
            return
        exceptions = [variables[name] for name in sorted(names) if name.lower() in EXCEPTIONS and name in variables]
        unknown = any(name.lower() in EXCEPTIONS and name not in variables for name in names)
        if unknown or any(each.value.opaque or covers(each.value.text, host) for each in exceptions):
            return
        related = [(proxy.value, "the proxy that the request goes to"), (neighbour.node, "the neighbour")]
        if exceptions:
            related.insert(1, (exceptions[0].value, f"`{host}` is not among the exceptions"))
        target = exceptions[0].name if exceptions else "NO_PROXY" if proxy.name.isupper() else "no_proxy"
        yield self.finding(
            f"requests to `{host}` go to the proxy, which does not know that name",
            variable.value.part(start, start + len(host)),
            f"no exception covers `{host}`" if exceptions else "there are no exceptions",
            related=related,
            help=f"add `{_entry(variable, host)}` to `{target}`",
            note=f"set in {variable.place}",
            subject=variable.resource,
        )


def _proxy(variables: dict[str, EnvironmentVariable], scheme: str) -> EnvironmentVariable | None:
    """Return the proxy that requests of a scheme go to; None where there is none that is written down."""
    for name in (f"{scheme}_proxy", f"{scheme.upper()}_PROXY"):
        found = variables.get(name)
        if found is not None:
            return found if found.value.text.strip() else None
    return None


def _neighbour(variable: EnvironmentVariable, host: str, graph: Graph) -> Entity | None:
    """Return what a host is inside: a service of the project, of the pipeline, of the cluster."""
    resource = variable.resource
    if isinstance(resource, ComposeService):
        return resource.project.services.get(host)
    if isinstance(resource, DronePipeline):
        return graph.once(("services of a pipeline", id(resource)), lambda: _services(resource)).get(host)
    if isinstance(resource, KubernetesObject):
        parts = split_host(host, resource.namespace)
        if parts is None:
            return None
        found = graph.find(Key("kubernetes", "Service", parts[1], parts[0]), resource.unit)
        return found[0] if found else None
    return None


def _services(pipeline: DronePipeline) -> dict[str, Entity]:
    return {service.entity.name: service.entity for service in pipeline.services if service.entity is not None}


def _entry(variable: EnvironmentVariable, host: str) -> str:
    """Return the entry to be added: the domain of the cluster where the host is in it."""
    if isinstance(variable.resource, KubernetesObject) and host.count(".") > 1:
        return ".svc" if host.endswith(".svc") else "." + host.split(".", 3)[-1]
    return host
