"""layers/unserved-port."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.containers import PortUse
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule


class UnservedPort(Rule[PortUse]):
    """Traffic is sent to a port of a container on which its nginx does not listen, so every connection is refused.

    ## Why
    A published port, a probe or another server's `proxy_pass` leads to a port inside the container. What nginx listens
    on there is said by its configuration files and by nothing else: where the two differ, nobody gets an answer.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        ports:
          - "8088:80"
        volumes:
          - ./site.conf:/etc/nginx/conf.d/default.conf:ro
    ```
    ```nginx site.conf
    server {
        listen 8080;
        root /usr/share/nginx/html;
    }
    ```

    ## Stays silent when
    - a part of the configuration is not in the repository, is a template, or is written when the container starts
    - a `listen` holds a variable
    - the container runs a command that is not nginx

    ## Source
    Description of the image `nginx`; "listen" of ngx_http_core_module.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: PortUse, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where nginx listens on other ports only."""
        from kubelint.systems.nginx.served import served  # only repositories with containers pay for it

        found = served(graph, subject.container)
        if found is None or subject.number in found.numbers:
            return
        shown = " or ".join(str(number) for number in sorted(found.numbers)[:4])
        yield self.finding(
            f"nothing listens on port {subject.number} of the container",
            subject.node,
            f"{subject.place} leads here",
            related=[(node, "nginx listens here") for node in found.listens[:3]],
            help=f"use port {shown}, or let nginx `listen {subject.number}`",
            subject=subject.container.resource,
        )
