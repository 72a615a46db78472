"""Kubernetes manifests: API objects of every kind, with typed views for those that others refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document, Resource
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class KubernetesSystem(System):
    """Detects API objects by ``apiVersion`` and ``kind`` and makes one unit of the plain manifests of a folder."""

    name = "kubernetes"
    order = 90  # the others that use YAML know their own files better

    @property
    def object_views(self) -> Mapping[tuple[str, str], type[Resource]]:  # type: ignore[override]
        """The views of kinds that have a module of their own, by group and kind."""
        from kubelint.systems.kubernetes.views import VIEWS

        return VIEWS

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the API objects of a YAML or JSON file."""
        from kubelint.systems.kubernetes.detect import detect

        return detect(file)

    def assemble(self, assembly: Assembly) -> None:
        """Make a unit of the objects of each folder that no other unit has taken."""
        from kubelint.systems.kubernetes.assemble import assemble

        assemble(assembly)

    def link(self, graph: Graph) -> None:
        """Resolve what objects refer to."""
        from kubelint.systems.kubernetes.links import link

        link(graph)

    def surroundings(self, graph: Graph) -> object:
        """Return the targeted versions and the definitions of custom resources."""
        from kubelint.systems.kubernetes.surroundings import surroundings

        return surroundings(graph)


SYSTEM = KubernetesSystem()
