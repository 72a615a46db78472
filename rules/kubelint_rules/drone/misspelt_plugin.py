"""drone/misspelt-plugin."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.drone.model import CONTAINER_TYPES, DroneStep
from kubelint.systems.drone.plugins import meant_plugins, repository_of


class MisspeltPlugin(Rule[DroneStep]):
    """The image of a step with settings is nearly, but not quite, that of a well-known plugin.

    ## Why
    Docker Hub may not have the image, and the step fails; or somebody else has it, and gets the step's secrets.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: publish
      image: plugin/docker:20
      settings:
        repo: octocat/hello-world
    ```

    ## Stays silent when
    - the image comes from a registry of its own
    - the step has no settings
    - the image has another name than any plugin that is known: it is a plugin that is not known here

    ## Source
    The plugins listed in `schemas/kubelint_schemas/drone/plugins.json`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at an image that is a near miss."""
        del graph
        image = subject.image
        if image is None or subject.pipeline.runner not in CONTAINER_TYPES:
            return
        meant = meant_plugins(subject)
        if not meant:
            return
        name = repository_of(subject) or image.text
        fix = None
        start = image.text.find(name)
        if len(meant) == 1 and start >= 0:
            place = image.part(start, start + len(name))
            if place.text == name:
                fix = Fix(f"replace `{name}` with `{meant[0]}`", (TextEdit(place, meant[0]),), Safety.UNSAFE)
        yield self.finding(
            f"`{name}` is no plugin that is known; {did_you_mean(meant)}",
            image,
            "the step's settings and secrets go to this image",
            help=f"write `{meant[0]}`",
            fix=fix,
            subject=subject.pipeline,
        )
