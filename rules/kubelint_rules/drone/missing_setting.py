"""drone/missing-setting."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import is_near
from kubelint.systems.drone.model import CONTAINER_TYPES, DroneStep, has_slip
from kubelint.systems.drone.plugins import has_setting, plugin_of, settings_are_known


class MissingSetting(Rule[DroneStep]):
    """A plugin lacks a setting without which it stops, or does nothing.

    ## Why
    Each plugin says so in its own words when the build has come that far: "missing host", "no api key", "cache restore
    or rebuild must be set". The volume cache says nothing and does nothing.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: deploy
      image: appleboy/drone-ssh:1.7
      settings:
        host: web.example.com
        username: deploy
        script:
        - sudo systemctl restart web
    ```

    ## Stays silent when
    - the plugin is none of those that are known, or the step runs commands instead
    - a variable of the environment gives the setting (`PLUGIN_HOST`, `SSH_HOST`), or a file does
    - a setting is a slip of it: `drone/unknown-setting` says so

    ## Source
    The sources of the plugins: what they check before they begin.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each group of settings of which none is there."""
        del graph
        plugin = plugin_of(subject)
        if plugin is None or subject.pipeline.runner not in CONTAINER_TYPES or not settings_are_known(subject):
            return
        if any(subject.node.at(field) is not None for field in ("commands", "command", "entrypoint")):
            return
        if has_slip(subject.node, "settings"):
            return  # a finding of its own
        place = subject.node.key("settings") or subject.image or subject.head
        keys = [key.text.lower() for key, _ in subject.settings]
        for group in plugin.needs:
            settings = [name for name in group if name.islower()]
            if has_setting(subject, group):
                continue
            if any(is_near(name, key) and key not in plugin.settings for name in settings for key in keys):
                continue
            if any(plugin.renamed.get(key) in settings for key in keys):
                continue
            one = len(settings) == 1
            wanted = ", ".join(f"`{name}`" for name in settings)
            yield self.finding(
                f"`{plugin.image}` needs {'the setting' if one else 'one of the settings'} {wanted}",
                place,
                "it is not given" if one else "none of them is given",
                help=f"add `{settings[0]}:`" if one else f"add one of {wanted}",
                subject=subject.pipeline,
            )
