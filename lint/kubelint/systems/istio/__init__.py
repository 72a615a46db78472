"""Istio: routes, destination rules, gateways and policies on top of the Kubernetes objects of a repository."""

from __future__ import annotations

from collections.abc import Mapping

from kubelint.graph.model import Resource
from kubelint.graph.query import Graph
from kubelint.system import Assembly, System


class IstioSystem(System):
    """Types the objects of Istio's API groups and links them; the documents are those of Kubernetes."""

    name = "istio"
    order = 95  # after everything that makes API objects
    reads = frozenset({"kubernetes"})

    @property
    def object_views(self) -> Mapping[tuple[str, str], type[Resource]]:  # type: ignore[override]
        """The views of Istio's kinds, by group and kind."""
        from kubelint.systems.istio.model import VIEWS

        return VIEWS

    def assemble(self, assembly: Assembly) -> None:
        """Add the parts that others refer to: subsets, hosts of ServiceEntries, servers of gateways."""
        if self.name not in assembly.graph.systems:
            return
        from kubelint.systems.istio.assemble import assemble

        assemble(assembly.graph)

    def link(self, graph: Graph) -> None:
        """Resolve hosts, subsets and gateways."""
        if self.name not in graph.systems:
            return
        from kubelint.systems.istio.links import link

        link(graph)


SYSTEM = IstioSystem()
