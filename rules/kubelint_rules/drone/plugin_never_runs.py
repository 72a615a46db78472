"""drone/plugin-never-runs."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import CONTAINER_TYPES, DroneStep
from kubelint.systems.drone.plugins import plugin_of
from kubelint.tree.node import Scalar

_FIELDS = ("commands", "entrypoint", "command")


class PluginNeverRuns(Rule[DroneStep]):
    """A step gives settings to a plugin and replaces its program with commands of its own.

    ## Why
    The plugin is the program that the image starts. With `commands` or `entrypoint` the runner starts something else,
    and nobody reads the settings: the step is green and publishes nothing.

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
      commands:
      - echo "publishing"
    ```

    ## Stays silent when
    - the image is none of the plugins that are known
    - a command starts the plugin itself (`drone-docker`) or reads a setting (`$PLUGIN_REPO`)

    ## Source
    Drone documentation, "Plugins"; the compilers of the runners (commands become the entrypoint).
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the key that takes the plugin's place."""
        del graph
        plugin = plugin_of(subject)
        settings = subject.node.key("settings")
        if plugin is None or settings is None or subject.pipeline.runner not in CONTAINER_TYPES:
            return
        if not list(subject.settings):
            return
        for field in _FIELDS:
            key, value = subject.node.key(field), subject.node.at(field)
            if key is None or value is None:
                continue
            texts = [item.text for item in value.items() if isinstance(item, Scalar)]
            if not texts or any("drone-" in text or "PLUGIN_" in text or "/bin/plugin" in text for text in texts):
                return
            yield self.finding(
                f"`{field}` takes the place of the plugin, which never runs",
                key,
                f"this is run instead of `{plugin.image}`",
                related=[(settings, "nobody reads these settings")],
                help=f"remove `{field}`, or put it into a step of its own",
                subject=subject.pipeline,
            )
            return
