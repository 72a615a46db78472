"""Settings of the mesh: what the configuration says, else what a MeshConfig or an IstioOperator in the repository says.

A repository may hold the settings of several meshes; what they do not agree on is not known.

Source: Istio reference, "Global Mesh Options" (MeshConfig) and "IstioOperator Options"; Istio,
``pkg/config/mesh/mesh.go`` (``DefaultMeshConfig``).
"""

from __future__ import annotations

from typing import NamedTuple

from kubelint.graph.model import Unit
from kubelint.graph.query import Graph
from kubelint.systems.istio.hosts import Mesh
from kubelint.systems.kubernetes.model import ConfigMap, CustomResource
from kubelint.tree.embedded import read_embedded
from kubelint.tree.node import Mapping, Node, Scalar

_LARGEST = 500_000


class MeshConfig(NamedTuple):
    """One MeshConfig of the repository: its mapping, and where a root namespace or a domain is said beside it.

    ``unit`` is that of an IstioOperator, which may be one of several that an installation merges; None for the
    ConfigMap that istiod reads, which is the whole.
    """

    root: Mapping
    cluster_domain: str | None = None
    unit: Unit | None = None

    @property
    def providers(self) -> dict[str, Scalar]:
        """The extension providers by name."""
        return {
            name.text: name
            for entry in self.root.items_at("extensionProviders")
            if (name := entry.scalar("name")) is not None
        }


def mesh_configs(graph: Graph) -> list[MeshConfig]:
    """Return all MeshConfigs of a repository: of ConfigMaps that istiod reads, and of IstioOperators."""

    def collect() -> list[MeshConfig]:
        found = []
        for item in graph.subjects(ConfigMap):
            if item.name == "istio" or item.name.startswith("istio-"):
                text = item.value("mesh")
                if text is not None and len(text.text) < _LARGEST:
                    roots = [document.root for document in read_embedded(text).documents]
                    found += [MeshConfig(root) for root in roots if isinstance(root, Mapping)]
        for operator in graph.subjects(CustomResource):
            if operator.group == "install.istio.io":
                root = operator.root.mapping("spec", "meshConfig")
                domain = operator.root.text_at("spec", "values", "global", "proxy", "clusterDomain")
                if root is not None or domain is not None:
                    found.append(MeshConfig(root or Mapping(operator.source, 0, 0, []), domain, operator.unit))
        return found

    return graph.once("istio mesh configs", collect)


def mesh(graph: Graph) -> Mesh:
    """Return what the resolution of names needs: the configuration's word first, then the repository's."""

    def collect() -> Mesh:
        said = Mesh.of(graph.settings)
        configs = mesh_configs(graph)
        if graph.settings.target("istio", "root-namespace") is None:
            root = _agreed([config.root.text_at("rootNamespace") for config in configs])
            said = said._replace(root_namespace=root or said.root_namespace)
        if graph.settings.target("istio", "cluster-domain") is None:
            domain = _agreed([config.cluster_domain for config in configs])
            said = said._replace(cluster_domain=domain or said.cluster_domain)
        return said

    return graph.once("istio mesh", collect)


def registry_only(graph: Graph) -> bool:
    """Tell whether requests to hosts that the mesh does not know are refused; by default they are not."""
    said = graph.settings.target("istio", "outbound-traffic-policy")
    if isinstance(said, str):
        return said == "REGISTRY_ONLY"
    modes = [config.root.text_at("outboundTrafficPolicy", "mode") for config in mesh_configs(graph)]
    return bool(modes) and all(mode == "REGISTRY_ONLY" for mode in modes)


def automatic_mutual_tls(graph: Graph) -> bool:
    """Tell whether sidecars use mutual TLS by themselves where the other side can; by default they do."""
    said = graph.settings.target("istio", "auto-mtls")
    if isinstance(said, bool):
        return said
    found = [config.root.text_at("enableAutoMtls") for config in mesh_configs(graph)]
    return not found or any(value != "false" for value in found)


def providers(graph: Graph) -> dict[str, Node] | None:
    """Return the extension providers of the mesh by name; None where no MeshConfig of the repository has any."""
    found: dict[str, Node] = {}
    for config in mesh_configs(graph):
        found.update(config.providers)
    return found or None


def has_all_providers(graph: Graph, unit: Unit) -> bool:
    """Tell whether a MeshConfig that has providers says all that there are for the objects of a unit."""
    return any(config.providers and config.unit in (None, unit) for config in mesh_configs(graph))


def _agreed(values: list[str | None]) -> str | None:
    said = {value for value in values if value}
    return said.pop() if len(said) == 1 else None
