"""drone/volume-without-source."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import CONTAINER_TYPES, DronePipeline, has_slip
from kubelint.tree.node import Mapping, Scalar

_SOURCES = {"kubernetes": ("temp", "host", "claim", "config_map", "secret")}
_COMMON = ("temp", "host")


class VolumeWithoutSource(Rule[DronePipeline]):
    """A volume says neither `temp` nor `host`, so the runner leaves it out.

    ## Why
    The runner skips such a volume and every mount of it in silence: steps that should share files see an empty folder
    each.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: test
      image: golang:1.22
      commands:
      - go test ./...
      volumes:
      - name: modules
        path: /go/pkg/mod

    volumes:
    - name: modules
    ```

    ## Stays silent when
    - a key of the volume is a slip of a source: `drone/unknown-field` says so
    - the volume is written as a placeholder that is only known later

    ## Source
    Drone documentation, "Volumes" of each pipeline type; the compilers of the runners.
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS

    def check(self, subject: DronePipeline, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at the name of a volume without source, or at an empty source."""
        del graph
        if subject.runner not in CONTAINER_TYPES:
            return
        sources = _SOURCES.get(subject.runner, _COMMON)
        for volume in subject.volumes:
            node = volume.node
            keys = [key for field in sources if (key := node.key(field)) is not None]
            if any(has_slip(node, field) for field in sources) or any(key.opaque for key, _ in node.pairs()):
                continue
            place = volume.name or (node.entries[0][0] if node.entries else node)
            shown = f"volume `{volume.name.text}`" if volume.name is not None else "a volume"
            if not keys:
                help_text = "add `temp: {}` for a folder that lasts as long as the pipeline, or `host:` with a `path`"
                yield self.finding(
                    f"{shown} has no source", place, "the runner leaves it out", help=help_text, subject=subject
                )
                continue
            value = node.at(keys[0].text)
            if len(keys) == 1 and isinstance(value, Scalar) and value.is_null:
                name = keys[0].text
                help_text = f"write `{name}: {{}}`" if name == "temp" else f"say what it is below `{name}:`"
                yield self.finding(
                    f"{shown} has an empty `{name}`, which is no source",
                    keys[0],
                    "the runner leaves the volume out",
                    help=help_text,
                    subject=subject,
                )
            elif keys[0].text == "host" and isinstance(value, Mapping) and not _has_path(value):
                yield self.finding(
                    f"{shown} names no folder of the host",
                    keys[0],
                    "the runner cannot mount it",
                    help="add `path:` below `host:`",
                    subject=subject,
                )


def _has_path(host: Mapping) -> bool:
    return bool(host.text_at("path")) or has_slip(host, "path")
