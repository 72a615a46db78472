"""Where objects come from, as ``buildMetadata`` annotates it (``api/resource/origin.go``)."""

from __future__ import annotations

from typing import NamedTuple

ORIGIN = "config.kubernetes.io/origin"
TRANSFORMATIONS = "alpha.config.kubernetes.io/transformations"


class Origin(NamedTuple):
    """The file of an object, or the plugin that made or changed it and the file that configures the plugin."""

    path: str = ""
    configured_in: str = ""
    api_version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""

    def lines(self) -> list[str]:
        """Return the lines of its YAML."""
        lines = [
            f"{key}: {value}" for key, value in (("path", self.path), ("configuredIn", self.configured_in)) if value
        ]
        by = {"apiVersion": self.api_version, "kind": self.kind, "name": self.name, "namespace": self.namespace}
        shown = [f"  {key}: {value}" for key, value in by.items() if value]
        return [*lines, "configuredBy:", *shown] if shown else lines


def annotation(origin: Origin) -> str:
    """Return the value of the annotation that tells an object's origin."""
    return "".join(f"{line}\n" for line in origin.lines())


def transformations(origins: list[Origin]) -> str:
    """Return the value of the annotation that tells what changed an object."""
    lines: list[str] = []
    for origin in origins:
        first, *rest = origin.lines()
        lines += [f"- {first}", *(f"  {line}" for line in rest)]
    return "".join(f"{line}\n" for line in lines)
