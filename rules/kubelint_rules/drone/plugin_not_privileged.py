"""drone/plugin-not-privileged."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DIALECT, DroneStep
from kubelint.systems.drone.plugins import plugin_of
from kubelint.tree.node import Node, Scalar

#: Variables with which a plugin could be made to do something else as root.
_RESTRICTED = frozenset({"DOCKER_HOST", "DOCKER_OPTS", "HOME", "PATH", "XDG_RUNTIME_DIR"})
_SOCKETS = ("docker.sock", "docker_engine")


class PluginNotPrivileged(Rule[DroneStep]):
    """A plugin that starts its own Docker daemon loses the privilege that it needs for it.

    ## Why
    The runner starts `plugins/docker` and its relatives privileged by itself, but not where the step mounts volumes or
    sets one of a few variables. The daemon inside then does not start, and the step ends with "Unable to reach Docker
    Daemon after 15 attempts".

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
      volumes:
      - name: layers
        path: /var/lib/docker

    volumes:
    - name: layers
      temp: {}
    ```

    ## Stays silent when
    - the step is `privileged: true`, or starts no daemon (`daemon_off`, `push_only`)
    - the host's Docker socket is mounted, so that the plugin needs no daemon of its own
    - the pipeline is not of type `docker` or `kubernetes`

    ## Source
    The compiler of the docker and kubernetes runners (`isPrivileged`); drone-docker.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at what costs the privilege."""
        del graph
        plugin = plugin_of(subject)
        if plugin is None or not plugin.privileged or subject.pipeline.runner not in ("docker", "kubernetes"):
            return
        if subject.node.at("commands") is not None or not list(subject.settings):
            return
        privileged = subject.node.scalar("privileged")
        if privileged is not None and privileged.value(DIALECT) is True:
            return
        given = {key.text.lower(): value for key, value in subject.settings}
        for name in ("daemon_off", "push_only"):
            value = given.get(name)
            if value is not None and not (isinstance(value, Scalar) and value.value(DIALECT) is False):
                return
        cause = self._cause(subject)
        if cause is not None:
            place, why = cause
            yield self.finding(
                f"`{plugin.image}` is not started privileged, so its Docker daemon cannot start",
                place,
                why,
                help="add `privileged: true` (the repository must be trusted), or do without",
                subject=subject.pipeline,
            )

    @staticmethod
    def _cause(subject: DroneStep) -> tuple[Node, str] | None:
        volumes = subject.node.key("volumes")
        if volumes is not None and subject.node.items_at("volumes"):
            paths = [item.text_at("path") or "" for item in subject.node.items_at("volumes")]
            if any(socket in path for path in paths for socket in _SOCKETS):
                return None
            return volumes, "a step that mounts volumes is not privileged by itself"
        for key, _ in subject.environment:
            if key.text.upper() in _RESTRICTED:
                return key, f"a step that sets `{key.text}` is not privileged by itself"
        return None
