"""kustomize: kustomizations and components, what they reach, and the objects that they generate."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class KustomizeSystem(System):
    """Detects kustomization files and makes one unit of each that no other one builds on."""

    name = "kustomize"
    order = 10  # before kubernetes, whose documents it takes: a manifest that is listed belongs to who lists it

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the kustomization of a file."""
        from kubelint.systems.kustomize.detect import detect

        return detect(file)

    def assemble(self, assembly: Assembly) -> None:
        """Make a unit of everything that each root reaches."""
        if not assembly.of(self.name):
            return  # most repositories have none, and shall not pay for what follows
        from kubelint.systems.kustomize.assemble import assemble

        assemble(assembly)

    def link(self, graph: Graph) -> None:
        """Record what kustomizations include and read."""
        if not graph.of_kind(self.name, "Kustomization"):
            return
        from kubelint.systems.kustomize.links import link

        link(graph)


SYSTEM = KustomizeSystem()
