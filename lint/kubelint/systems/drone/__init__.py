"""Drone CI: pipelines, their steps, services and volumes, and the other documents of a Drone file."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.files import YAML, RepositoryFile
from kubelint.graph.model import Document
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class DroneSystem(System):
    """Detects Drone files by name or content and makes one unit of each file."""

    name = "drone"
    order = 20
    syntaxes = frozenset({YAML})

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the documents of a file as Drone splits it."""
        from kubelint.systems.drone.detect import detect

        return detect(file)

    def assemble(self, assembly: Assembly) -> None:
        """Make one unit of each file, with its pipelines, steps, volumes and secrets."""
        from kubelint.systems.drone.assemble import assemble

        assemble(assembly)

    def link(self, graph: Graph) -> None:
        """Resolve dependencies, volume mounts and secrets."""
        from kubelint.systems.drone.links import link

        link(graph)


SYSTEM = DroneSystem()
