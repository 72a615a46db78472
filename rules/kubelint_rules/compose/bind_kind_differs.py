"""compose/bind-kind-differs."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.mounted import mismatches


class BindKindDiffers(Rule[ComposeService]):
    """A file is mounted over a folder of the container, or a folder over a file.

    ## Why
    Both ends of a mount are of one kind. Otherwise the engine refuses to start the container ("Are you trying to mount
    a directory onto a file (or vice-versa)?"), or the program finds a folder where it wants to read a file.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        volumes:
          - ./nginx.conf:/etc/nginx/conf.d/
    ```
    ```nginx nginx.conf
    server { listen 80; }
    ```

    ## Stays silent when
    - it cannot be told by its name what the target is
    - the source is not in the repository

    ## Source
    Docker documentation, "Bind mounts".
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mount whose two ends are not of one kind."""
        for mismatch in mismatches(graph, subject):
            bind = mismatch.bind
            name = bind.path.rpartition("/")[2]
            if mismatch.source_is_file:
                headline = f"the file `{name}` is mounted over the folder `{bind.target}`"
                label, help_text = "this is a file", f"write `{bind.target.rstrip('/')}/{name}` behind the colon"
            else:
                headline = f"the folder `{name}` is mounted over the file `{bind.target}`"
                label, help_text = "this is a folder", "name the file in the folder, or mount to the folder around it"
            yield self.finding(headline, bind.source, label, help=help_text, subject=subject)
