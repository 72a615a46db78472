"""Dockerfiles: stages, what they are built from and copy, and the environment that they set."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.files import DOCKERFILE, RepositoryFile
from kubelint.graph.model import Document
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class DockerSystem(System):
    """Detects Dockerfiles by their names; those of other names are handed over by the systems that build them."""

    name = "docker"
    order = 35  # behind those that name Dockerfiles
    syntaxes = frozenset({DOCKERFILE})
    reads = frozenset({"docker", "compose"})  # compose names Dockerfiles that go by any name

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the Dockerfile."""
        from kubelint.systems.docker.detect import detect

        return detect(file)

    def is_template(self, file: RepositoryFile) -> bool:
        """Tell whether a Dockerfile is only made of this file."""
        from kubelint.systems.docker.detect import is_template

        return is_template(file)

    def assemble(self, assembly: Assembly) -> None:
        """Make a unit of each Dockerfile."""
        from kubelint.systems.docker.assemble import assemble

        assemble(assembly)

    def link(self, graph: Graph) -> None:
        """Resolve the names of stages."""
        from kubelint.systems.docker.links import link

        link(graph)


SYSTEM = DockerSystem()
