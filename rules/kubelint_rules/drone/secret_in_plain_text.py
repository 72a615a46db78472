"""drone/secret-in-plain-text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DIALECT, DroneStep
from kubelint.systems.drone.plugins import plugin_of
from kubelint.tree.node import Scalar

#: A password on the command line of a login.
_LOGIN = re.compile(
    r"\b(?:docker|podman|helm registry) login\b[^\n]{0,300}?\s(?:-p|--password)[ =](?P<word>[^\s$'\"][^\s]*)"
)


class SecretInPlainText(Rule[DroneStep]):
    """A password, key or token stands in the file instead of in a secret.

    ## Why
    Everybody who can read the repository can read it, now and in its history, and Drone does not hide it in the logs.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: publish
      image: plugins/docker:20
      settings:
        repo: octocat/hello-world
        username: octocat
        password: correct-horse-battery
    ```

    ## Stays silent when
    - the setting is none that its plugin keeps secret
    - the value comes from `from_secret`, a variable or a placeholder, or is empty

    ## Source
    Drone documentation, "Secrets"; the settings that the plugins' own documentation marks as secret.
    """

    severity = Severity.WARNING
    group = Group.SECURITY

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each secret that can be read."""
        del graph
        plugin = plugin_of(subject)
        for key, value in subject.settings:
            if plugin is None or key.text.lower() not in plugin.secrets or not isinstance(value, Scalar):
                continue
            if value.text and not value.is_null and not value.opaque and "$" not in value.text:
                if isinstance(value.value(DIALECT), bool):
                    continue
                yield self.finding(
                    f"`{key.text}` of `{plugin.image}` stands in plain text",
                    value,
                    "everybody who can read the repository can read it",
                    help=f"store it on the server and write `{key.text}: {{from_secret: NAME}}`",
                    subject=subject.pipeline,
                )
        for command in subject.commands:
            for found in _LOGIN.finditer(command.text):
                yield self.finding(
                    "a password stands in a command in plain text",
                    command.part(found.start("word"), found.end("word")),
                    "it is in the repository and in the build's log",
                    help="take it from a secret: `echo $PASSWORD | docker login --password-stdin`",
                    subject=subject.pipeline,
                )
