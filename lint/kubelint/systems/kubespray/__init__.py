"""Ansible inventories and their variables, and what kubespray makes of them."""

from __future__ import annotations

from collections.abc import Iterable

from kubelint.files import INI, JSON, YAML, RepositoryFile
from kubelint.graph.model import Document
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class KubespraySystem(System):
    """Detects inventories by their groups; one folder of inventories with its variables is one unit."""

    name = "kubespray"
    order = 40
    syntaxes = frozenset({INI, YAML, JSON})

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the inventory or the variables that an INI or YAML file holds."""
        from kubelint.systems.kubespray.detect import detect

        return detect(file)

    def assemble(self, assembly: Assembly) -> None:
        """Make a unit of the inventories of each folder."""
        from kubelint.systems.kubespray.assemble import assemble

        assemble(assembly)

    def link(self, graph: Graph) -> None:
        """Resolve what groups name."""
        from kubelint.systems.kubespray.links import link

        link(graph)


SYSTEM = KubespraySystem()
