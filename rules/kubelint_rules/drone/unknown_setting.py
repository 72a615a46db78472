"""drone/unknown-setting."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.edits import replacement
from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import plugin_of


class UnknownSetting(Rule[DroneStep]):
    """A setting is none of its plugin's, and one with nearly the same name is.

    ## Why
    The runner hands each setting to the plugin as a variable, whatever its name. The plugin does not look at one
    that it does not know: with `dockerfiles: build/Dockerfile` it builds the `Dockerfile` of the root.

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
        auto_tags: true
    ```

    ## Stays silent when
    - the plugin is none of those that are known
    - no setting of the plugin is near: it may belong to a version that is not known here
    - the names differ only in case, which does not matter

    ## Source
    The sources of the plugins (`schemas/kubelint_schemas/drone/plugins.json` lists them).
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    fixable = True

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each setting that is a near miss, or has another name."""
        del graph
        plugin = plugin_of(subject)
        if plugin is None:
            return
        given = {key.text.lower() for key, _ in subject.settings}
        for key, _ in subject.settings:
            name = key.text.lower()
            if name in plugin.settings or key.opaque:
                continue
            renamed = plugin.renamed.get(name)
            near = [renamed] if renamed is not None else nearest(name, plugin.settings)
            near = [other for other in near if other not in given]
            if near:
                yield self.finding(
                    f"`{plugin.image}` has no setting `{key.text}`",
                    key,
                    did_you_mean(near),
                    help=f"write `{near[0]}`",
                    fix=replacement(key, near[0]) if len(near) == 1 else None,
                    subject=subject.pipeline,
                )
