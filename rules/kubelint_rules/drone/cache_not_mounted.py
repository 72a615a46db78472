"""drone/cache-not-mounted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import plugin_of
from kubelint.tree.node import Node

_PLUGIN = "drillster/drone-volume-cache"
_PATH = "/cache"


class CacheNotMounted(Rule[DroneStep]):
    """The volume cache has no volume at `/cache`, so it keeps nothing.

    ## Why
    The plugin copies the folders to and from `/cache` of its own container. Without a volume there they are gone with
    the container, and every build begins without a cache. Nothing fails.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: restore
      image: drillster/drone-volume-cache:v1
      settings:
        restore: true
        mount: [node_modules]
      volumes:
      - name: cache
        path: /tmp/cache

    volumes:
    - name: cache
      host:
        path: /var/lib/drone/cache
    ```

    ## Stays silent when
    - the path of a mount is a placeholder
    - the step is of another plugin

    ## Source
    drillster/drone-volume-cache, README and `cacher.sh`.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding where no volume is mounted at the one path."""
        del graph
        plugin = plugin_of(subject)
        if plugin is None or plugin.image != _PLUGIN or subject.node.at("commands") is not None:
            return
        paths = [path for item in subject.node.items_at("volumes") if (path := item.scalar("path")) is not None]
        if any(path.opaque or path.text.rstrip("/") == _PATH for path in paths):
            return
        place: Node = paths[0] if paths else subject.head
        yield self.finding(
            f"the cache is not mounted at `{_PATH}`, so nothing is kept",
            place,
            f"the plugin looks at `{_PATH}` alone",
            help=f"mount the volume at `{_PATH}`",
            subject=subject.pipeline,
        )
