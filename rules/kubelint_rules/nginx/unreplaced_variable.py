"""nginx/unreplaced-variable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.absent import Mentions
from kubelint.graph.containers import contents
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.nginx.model import NginxConfiguration

#: Variables of nginx are written in small letters; those of an environment in capitals.
_CAPITAL = re.compile(r"\$\{?([A-Z][A-Z0-9_]+)\b\}?")
_DEFINING = frozenset({"set", "map", "geo", "split_clients", "auth_request_set", "perl_set", "js_set", "env"})


class UnreplacedVariable(Rule[NginxConfiguration]):
    """A configuration file of a container uses an environment variable, which nothing replaces there.

    ## Why
    nginx has no environment variables in its configuration: it stops with "unknown variable". The image fills in files
    that lie in `/etc/nginx/templates` and end with `.template`, not those in `conf.d`.

    ## Example
    ```yaml compose.yaml
    services:
      web:
        image: nginx:1.27
        environment:
          BACKEND: api.example.com
        volumes:
          - ./site.conf:/etc/nginx/conf.d/default.conf:ro
    ```
    ```nginx site.conf
    server {
        listen 80;
        location / { proxy_pass http://$BACKEND; }
    }
    ```

    ## Stays silent when
    - the file defines the variable itself, with `set`, `map` or `geo`
    - a command, the Dockerfile or a script beside the file calls `envsubst` or `sed`
    - nobody says which container gets the file

    ## Source
    Description of the image `nginx`, "Using environment variables in nginx configuration".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: NginxConfiguration, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for the first use of each variable that nothing replaces."""
        if not any(target.endswith(".conf") for target in subject.targets) or _is_filled_in(subject, graph):
            return
        defined = {
            argument.text.lstrip("$")
            for directive in subject.directives
            if directive.name.text in _DEFINING
            for argument in directive.arguments[:2]
        }
        told: set[str] = set()
        for directive in subject.directives:
            for argument in directive.arguments:
                for found in _CAPITAL.finditer(argument.text):
                    name = found[1]
                    if name in defined or name in told:
                        continue
                    told.add(name)
                    yield self.finding(
                        f"nginx has no variable `${name}`",
                        argument.part(*found.span()),
                        "variables of the environment are not replaced here",
                        help=f"put the file at `/etc/nginx/templates/{subject.source.name}.template`",
                        subject=subject,
                    )


def _is_filled_in(configuration: NginxConfiguration, graph: Graph) -> bool:
    texts: list[str] = []
    for container in configuration.containers:
        texts += container.hints
        known = None if container.build is None else contents(graph, container.build)
        texts += known.texts if known is not None else ()
        if container.own_command and not container.hints:
            return True
    for dockerfile in graph.repository.files:
        if dockerfile.syntax == "dockerfile" and configuration.source.name in dockerfile.text:
            texts.append(dockerfile.text)
    if any(word in text for text in texts for word in ("envsubst", "sed ", "dockerize", "confd", "gomplate")):
        return True
    mentions = graph.once("mentions", lambda: Mentions(graph.repository))
    return mentions.has(configuration.source.directory, "envsubst")
