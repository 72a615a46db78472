"""Docker Compose: projects of one or several files, as ``docker compose`` reads them."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.files import YAML, RepositoryFile
from kubelint.graph.model import Document
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class ComposeSystem(System):
    """Detects compose files by name and by content and makes one unit of each project."""

    name = "compose"
    order = 30
    syntaxes = frozenset({YAML})

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the documents of a compose file."""
        from kubelint.systems.compose.detect import detect

        return detect(file)

    def assemble(self, assembly: Assembly) -> None:
        """Merge files as Compose does and make a unit of each project."""
        from kubelint.systems.compose.assemble import assemble

        assemble(assembly)

    def link(self, graph: Graph) -> None:
        """Resolve what services refer to."""
        from kubelint.systems.compose.links import link

        link(graph)


SYSTEM = ComposeSystem()
