"""drone/cache-mounts-differ."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DIALECT, DronePipeline, DroneStep
from kubelint.systems.drone.plugins import plugin_of
from kubelint.tree.node import Scalar

_PLUGINS = ("drillster/drone-volume-cache", "meltwater/drone-cache", "plugins/s3-cache")


class CacheMountsDiffer(Rule[DronePipeline]):
    """A folder is restored from the cache and never saved to it, or saved and never restored.

    ## Why
    The two steps of a cache have to name the same folders. One that is only restored is always empty; one that is only
    saved costs time and is never used.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: restore
      image: meltwater/drone-cache:v1.4.0
      settings:
        restore: true
        bucket: builds
        mount: [node_modules, .yarn-cache]
    - name: install
      image: node:20
      commands:
      - yarn install
    - name: rebuild
      image: meltwater/drone-cache:v1.4.0
      settings:
        rebuild: true
        bucket: builds
        mount: [node_modules, .yarncache]
    ```

    ## Stays silent when
    - the pipeline only restores or only saves: another pipeline may do the rest
    - several steps save or restore with different settings, or a folder is a placeholder

    ## Source
    The documentation of drillster/drone-volume-cache, meltwater/drone-cache and drone-s3-cache, `mount`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Compare the folders of the step that restores with those of the one that saves."""
        del graph
        for image in _PLUGINS:
            steps = [
                step for step in subject.steps if (plugin := plugin_of(step)) is not None and plugin.image == image
            ]
            restoring = [step for step in steps if _is_set(step, "restore") and not _is_set(step, "rebuild")]
            saving = [step for step in steps if _is_set(step, "rebuild") and not _is_set(step, "restore")]
            if len(restoring) == 1 and len(saving) == 1:
                yield from self._compare(subject, restoring[0], saving[0])

    def _compare(self, subject: DronePipeline, restoring: DroneStep, saving: DroneStep) -> Iterator[Finding]:
        restored, saved = _mounts(restoring), _mounts(saving)
        if not restored or not saved:
            return
        for ours, theirs, step, other, words in (
            (restored, saved, restoring, saving, ("restored", "saved")),
            (saved, restored, saving, restoring, ("saved", "restored")),
        ):
            for path, node in ours.items():
                if path not in theirs:
                    name = "the other step" if other.name is None else f"step `{other.name.text}`"
                    yield self.finding(
                        f"`{node.text}` is {words[0]}, and never {words[1]}",
                        node,
                        f"{name} does not name it",
                        related=[(next(iter(theirs.values())), f"what is {words[1]}")],
                        help=f"name the same folders in both steps of the cache ({_shown(step)} and {_shown(other)})",
                        subject=subject,
                    )


def _is_set(step: DroneStep, name: str) -> bool:
    value = step.node.scalar("settings", name)
    return value is not None and value.value(DIALECT) is True


def _mounts(step: DroneStep) -> dict[str, Scalar]:
    """Return the folders that a step names; none where one is not known."""
    found: dict[str, Scalar] = {}
    for item in step.node.items_at("settings", "mount"):
        if not isinstance(item, Scalar) or item.opaque or "$" in item.text:
            return {}
        found.setdefault(item.text.removeprefix("./").rstrip("/"), item)
    return found


def _shown(step: DroneStep) -> str:
    return "one without name" if step.name is None else f"`{step.name.text}`"
