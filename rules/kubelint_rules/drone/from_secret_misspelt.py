"""drone/from-secret-misspelt."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DronePipeline
from kubelint.systems.drone.secrets import MisspeltSource, misspelt_sources


class FromSecretMisspelt(Rule[DronePipeline]):
    """A value should come from a secret, but the key is not `from_secret`, so the secret is not read.

    ## Why
    With any other key Drone sets an environment variable to nothing, and hands a setting of a plugin over as the text
    `{"from_secrets": "docker_password"}`. Neither is an error until something refuses the login.

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
        password:
          from_secrets: docker_password
    ```

    ## Stays silent when
    - a setting is a mapping that the plugin wants: one of more than one key, or with a key that is not near
    - the key is a placeholder that is only known later

    ## Source
    Drone documentation, "Docker Pipeline", the `Secret` object; "Plugins".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each mapping in place of a value that has no `from_secret`."""
        del graph
        if subject.opaque:
            return
        for found in misspelt_sources(subject):
            yield self._finding(subject, found)

    def _finding(self, subject: DronePipeline, found: MisspeltSource) -> Finding:
        if found.is_setting:
            headline = f"setting `{found.name.text}` is not read from a secret"
            label = "the plugin gets the mapping as text"
        else:
            headline = f"`{found.name.text}` is not read from a secret"
            label = "the value is empty"
        meant = "did you mean `from_secret`? " if found.near else ""
        return self.finding(
            headline,
            found.node,
            f"{meant}{label}",
            help="write `from_secret`",
            fix=replacement(found.key, "from_secret") if found.key is not None else None,
            subject=subject,
        )
