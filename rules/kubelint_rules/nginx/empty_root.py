"""nginx/empty-root."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.nginx.model import NginxConfiguration
from kubelint.systems.nginx.roots import empty_roots


class EmptyRoot(Rule[NginxConfiguration]):
    """nginx serves files from a folder into which nothing puts any, so every request is answered with 404.

    ## Why
    `root` and `alias` are paths in the container. What the image gets is said by the Dockerfile and by mounts: where
    they put the site into another folder, nginx starts and finds nothing.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        build: .
    ```
    ```dockerfile Dockerfile
    FROM nginx:1.27
    COPY site /var/www/html
    COPY nginx.conf /etc/nginx/conf.d/default.conf
    ```
    ```nginx nginx.conf
    server {
        listen 80;
        root /var/www/public;
    }
    ```
    ```html site/index.html
    <h1>Hello</h1>
    ```

    ## Stays silent when
    - anything is copied or mounted to the folder, to one above it or below it
    - a command of the Dockerfile names the folder, or it is one that the image brings
    - the image does not begin with `nginx`, or it is not known what it gets

    ## Source
    "root" and "alias" of ngx_http_core_module.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each folder that stays empty."""
        for node, filled in empty_roots(graph, subject):
            related = [(file.node, f"this goes to `{file.target}`") for file in filled[:2]]
            yield self.finding(
                f"nothing puts files into `{node.text}`",
                node,
                "nginx finds nothing to serve here",
                related=related,
                help=f"write `{filled[0].target}`, or copy the files to `{node.text}`",
                subject=subject,
            )
