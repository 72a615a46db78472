"""Whether a kind has namespaces.

Source: API resources of Kubernetes (``kubectl api-resources``); CustomResourceDefinition, `spec.scope`.
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import ConfigurationFile, KubernetesObject
from kubelint.systems.kubernetes.validation import repository_kinds
from kubelint_schemas import crds
from kubelint_schemas.kubernetes.resources import resource


def is_cluster_scoped(graph: Graph, item: KubernetesObject) -> bool:
    """Tell whether an object's kind surely has no namespaces."""
    if isinstance(item, ConfigurationFile):
        return False
    api_version = item.root.text_at("apiVersion") or ""
    definition = repository_kinds(graph).get((api_version, item.kind))
    if definition is not None:
        return definition.root.text_at("spec", "scope") == "Cluster"
    known = resource(api_version, item.kind) or crds.resources().get((item.group, item.kind))
    return known is not None and not known.namespaced
