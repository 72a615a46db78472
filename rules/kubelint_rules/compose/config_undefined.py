"""compose/config-undefined."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.compose.model import ComposeService


class ConfigUndefined(Rule[ComposeService]):
    """A service gets a config that the project does not declare, so Compose refuses the project.

    ## Why
    Each config of a service must stand under the top-level `configs:` with its source. Compose stops with "refers to
    undefined config" and starts nothing.

    ## Example
    ```yaml compose.yaml
    services:
      proxy:
        image: nginx:1.27
        configs:
          - source: proxy_conf
            target: /etc/nginx/nginx.conf
    configs:
      proxy-conf:
        content: "events {}"
    ```

    ## Stays silent when
    - the name holds a variable, or a part of the project (a remote `include`) cannot be read
    - another compose file of the folder, or of a folder above, declares it: the two may be combined with `-f`
    - `externals:` of the configuration names it

    ## Source
    Compose Specification, "configs" of a service and the top-level "configs".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: ComposeService, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each config that no file of the project declares."""
        for reference in graph.outgoing(subject, "uses-config"):
            if reference.dangling:
                names = [candidate.name for candidate in reference.candidates]
                declare = f"declare `{reference.wanted.name}` under the top-level `configs:`"
                help_text = f"write `{names[0]}`, or {declare}" if names else declare
                yield self.dangling(reference, "config", "no file of the project declares it", help=help_text)
