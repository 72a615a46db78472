"""drone/number-mangled."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import mangled_number, setting_scalars


class NumberMangled(Rule[DroneStep]):
    """A setting that is written as a number reaches the plugin as another text.

    ## Why
    Drone reads plain numbers as numbers and writes them anew for the plugin: the tag `1.10` becomes `1.1`, the mode
    `0644` becomes `420`, `1e3` becomes `1000`. A value of `environment` stays as it is written.

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
        tags:
        - 1.10
    ```

    ## Stays silent when
    - the number is written in the one form that comes out again (`10`, `1.5`)
    - the value is in quotes

    ## Source
    yaml.v2 and the encoder of runner-go, measured.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each number that changes on its way."""
        del graph
        for key, value in setting_scalars(subject):
            received = mangled_number(value)
            if received is not None:
                edit = TextEdit(value.span, f'"{value.text}"')
                yield self.finding(
                    f"`{key.text}` reaches the plugin as `{received}`, not `{value.text}`",
                    value,
                    "read as a number, and written anew",
                    help=f'write `"{value.text}"`',
                    fix=Fix("put it in quotes", (edit,), Safety.SAFE),
                    subject=subject.pipeline,
                )
