"""drone/mount-path."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import CONTAINER_TYPES, DronePipeline, DroneStep, has_slip
from kubelint.tree.node import Mapping, Node, Scalar

_OWN = "/run/drone"


class MountPath(Rule[DronePipeline]):
    """A volume is mounted at a path that Docker or the runner refuses, or at none.

    ## Why
    Docker takes absolute paths only ("invalid mount path: mount path must be absolute"), and the runner keeps
    `/run/drone` for itself. The step fails before its first command. A relative path of the host is taken for the name
    of another kind of volume.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: install
      image: node:20
      commands:
      - npm ci
      volumes:
      - name: modules
        path: node_modules

    volumes:
    - name: modules
      temp: {}
    ```

    ## Stays silent when
    - the path holds a variable, begins with a drive letter of Windows or names a pipe of Windows
    - the pipeline has no volumes because of its type

    ## Source
    Drone documentation, "Volumes"; Docker Engine API, "Mount"; the linter of the docker runner.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each path that cannot be mounted, and at each mount without one."""
        del graph
        if subject.runner not in CONTAINER_TYPES:
            return
        for step in subject.containers:
            seen: dict[str, Scalar] = {}
            for item in step.node.items_at("volumes"):
                if isinstance(item, Mapping):
                    yield from self._mount(subject, step, item, seen)
        for volume in subject.volumes:
            path = volume.node.scalar("host", "path")
            if path is not None and _is_relative(path):
                yield self.finding(
                    f"`{path.text}` is no absolute path of the host",
                    path,
                    "the runner cannot mount it",
                    help="write the whole path, from `/` on",
                    subject=subject,
                )

    def _mount(
        self, subject: DronePipeline, step: DroneStep, item: Mapping, seen: dict[str, Scalar]
    ) -> Iterator[Finding]:
        path = item.scalar("path")
        if path is None:
            if item.at("path") is None and not has_slip(item, "path"):
                place: Node = item.scalar("name") or item
                yield self.finding(
                    "a mount without `path`",
                    place,
                    "nobody knows where to mount it",
                    help="add `path:`",
                    subject=subject,
                )
            return
        if _is_relative(path):
            yield self.finding(
                f"`{path.text}` is no absolute path",
                path,
                "the step fails before its first command",
                help=f"write the whole path, such as `/drone/src/{path.text.removeprefix('./')}`",
                subject=subject,
            )
        elif path.text.rstrip("/") == _OWN or path.text.startswith(f"{_OWN}/"):
            yield self.finding(
                f"`{_OWN}` belongs to the runner",
                path,
                "the runner refuses the pipeline",
                help="mount it elsewhere",
                subject=subject,
            )
        first = seen.setdefault(path.text.rstrip("/") or "/", path)
        if first is not path and not path.opaque:
            yield self.finding(
                f"two volumes are mounted at `{path.text}` in {step.noun} {_shown(step)}",
                path,
                "one hides the other, or Docker refuses both",
                related=[(first, "the first one")],
                help="mount one of them elsewhere",
                subject=subject,
            )


def _shown(step: DroneStep) -> str:
    return "without name" if step.name is None else f"`{step.name.text}`"


def _is_relative(path: Scalar) -> bool:
    text = path.text
    if not text or path.opaque or text.startswith(("/", "\\", "$", "~")):
        return bool(text) and text.startswith("~") and not path.opaque
    return not (len(text) > 1 and text[1] == ":")
