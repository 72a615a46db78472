"""drone/secret-near-miss."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean
from kubelint.systems.drone.model import DronePipeline, DroneSecret
from kubelint.systems.drone.secrets import USES_SECRET
from kubelint.tree.node import Scalar


class SecretNearMiss(Rule[DronePipeline]):
    """A secret's name is probably a slip of one that is declared, or that other steps use.

    ## Why
    A secret that does not exist is no error for Drone: the variable or setting is not set, and the step fails later,
    often with "unauthorized".

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
          from_secret: docker_pasword
    ---
    kind: secret
    name: docker_password
    data: hyMdaQAwCf0nyxfWuwjTMTpYHSlNzWBu
    ```

    ## Stays silent when
    - nothing near is declared in the file or used by other steps: the secret lives on the server
    - the only use of a near name is in the same pipeline, so that nobody knows which of the two is the slip
    - one step uses both names, or the name is used more than once
    - the names differ in a number, in a plural `s` or in a letter of a short word (`api_key`, `app_key`)

    ## Source
    Drone documentation, "Secrets": `from_secret`, encrypted and external secrets.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each secret whose name is a near miss."""
        for reference in graph.outgoing(subject, USES_SECRET):
            if not reference.dangling:
                continue
            names = [candidate.name for candidate in reference.candidates]
            node = reference.node
            yield self.finding(
                f"no secret `{reference.wanted.name}` is known here; {did_you_mean(names)}",
                node,
                "not set where no such secret exists",
                related=[
                    (
                        candidate.node,
                        "declared here" if isinstance(candidate, DroneSecret) else "used here",
                    )
                    for candidate in reference.candidates
                ],
                help=f"write `{names[0]}` if that is what is meant",
                fix=replacement(node, names[0]) if isinstance(node, Scalar) and len(names) == 1 else None,
                subject=subject,
            )
