"""nginx/missing-file."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.nginx.included import missing_files
from kubelint.systems.nginx.model import NginxConfiguration


class MissingFile(Rule[NginxConfiguration]):
    """A configuration file includes a file that its container does not have, so nginx does not start.

    ## Why
    nginx stops with "open() … failed (2: No such file or directory)". Paths are those of the container, relative ones
    begin in `/etc/nginx`: a file has to be copied or mounted there.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        volumes:
          - ./conf:/etc/nginx/conf.d:ro
    ```
    ```nginx conf/default.conf
    server {
        listen 80;
        include /etc/nginx/conf.d/headers.inc;
    }
    ```
    ```nginx conf/header.inc
    add_header X-Frame-Options DENY;
    ```

    ## Stays silent when
    - the path is a pattern, which may match nothing, or holds a variable
    - the image brings the file (`mime.types`, `fastcgi_params`), or the path is not below a known folder
    - it is not known what the container gets

    ## Source
    "include" of the core module; description of the image `nginx`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each file that is not there."""
        for missing in missing_files(graph, subject):
            near = [missing.near] if missing.near else []
            yield self.finding(
                f"`{missing.node.text}` is not in the container",
                missing.node,
                did_you_mean(near) or f"nothing is copied or mounted to `{missing.path}`",
                related=[(missing.folder.node, f"`{missing.folder.target}` is filled from here")]
                if missing.folder
                else [],
                help=f"write `{near[0]}`" if near else "copy or mount the file, or mend the path",
                subject=subject,
            )
