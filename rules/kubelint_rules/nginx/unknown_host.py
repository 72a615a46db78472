"""nginx/unknown-host."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.nginx.model import NginxConfiguration


class UnknownHost(Rule[NginxConfiguration]):
    """nginx passes requests to a host that nothing defines, so it does not start.

    ## Why
    nginx looks up the hosts of `proxy_pass` and of the servers of an `upstream` when it starts. Where one has no
    address it stops with "host not found in upstream": in a compose project hosts are the names of services.

    ## Example
    ```yaml compose.yaml
    services:
      proxy:
        image: nginx:1.27
        volumes:
          - ./proxy.conf:/etc/nginx/conf.d/default.conf:ro
      backend:
        image: ghcr.io/example/backend:2
    ```
    ```nginx proxy.conf
    server {
        listen 80;
        location / {
            proxy_pass http://backnd:8080;
        }
    }
    ```

    ## Stays silent when
    - it is a service, an alias or a container's name of the project, an `upstream`, or a Service of Kubernetes
    - it is an address, has a dot, or holds a variable
    - the container may know other hosts: by an external network, `extra_hosts` or `links`
    - nobody says where the file is used and no name is similar

    ## Source
    "proxy_pass" of ngx_http_proxy_module, "server" of ngx_http_upstream_module; Compose Specification, "networks".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each host that does not exist where the file is used."""
        del graph
        for unknown in subject.unknown_hosts:
            host = unknown.passed.host
            names = [name for name, _ in unknown.near]
            related = [(place, f"`{name}` is defined here") for name, place in unknown.near]
            fix = None
            if len(names) == 1 and host.span.text == host.text:
                edit = TextEdit(host.span, names[0])
                fix = Fix(f"replace `{host.text}` with `{names[0]}`", (edit,), Safety.UNSAFE)
            container = unknown.container
            if container is not None and not names:
                related.append((container.resource.node, f"{container.place} runs with this file"))
            yield self.finding(
                f"no host is called `{host.text}`",
                host,
                did_you_mean(names) or "nginx stops here when it starts",
                related=related,
                help=f"write `{names[0]}`" if names else "name a service of the project, or an `upstream`",
                fix=fix,
                subject=subject,
            )
