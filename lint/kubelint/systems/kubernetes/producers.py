"""Secrets and ConfigMaps that controllers make from other objects: names that exist although no file holds them.

Source: documentation of cert-manager (Certificate, Ingress annotations), External Secrets Operator, Sealed Secrets,
Kubernetes (service-account-token Secrets), trust-manager.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import Ingress, KubernetesObject
from kubelint.tree.node import Scalar


def produced_names(graph: Graph, kind: str) -> frozenset[str]:
    """Return the names of Secrets (or ConfigMaps) that an object of the repository makes a controller create."""
    return graph.once(("produced", kind), lambda: frozenset(name.text for name in _produced(graph, kind)))


def _produced(graph: Graph, kind: str) -> Iterator[Scalar]:
    for item in graph.subjects(KubernetesObject):
        made = item.name_node
        if kind == "Secret":
            candidates = _secret_of(item)
        elif item.kind == "Bundle" and item.group == "trust.cert-manager.io":
            candidates = [made]
        else:
            candidates = []
        yield from (node for node in candidates if node is not None)


def _secret_of(item: KubernetesObject) -> list[Scalar | None]:
    kind, root = item.kind, item.root
    if kind == "Certificate":
        return [root.scalar("spec", "secretName")]
    if kind in ("ExternalSecret", "ClusterExternalSecret"):
        target = root.scalar("spec", "target", "name") or root.scalar("spec", "externalSecretSpec", "target", "name")
        return [target or root.scalar("spec", "externalSecretName") or item.name_node]
    if kind == "SealedSecret":
        return [root.scalar("spec", "template", "metadata", "name") or item.name_node]
    if kind in ("VaultStaticSecret", "VaultDynamicSecret", "VaultPKISecret"):
        return [root.scalar("spec", "destination", "name")]
    if kind in ("InfisicalSecret", "OnePasswordItem", "BitwardenSecret", "AzureKeyVaultSecret"):
        return [item.name_node, root.scalar("spec", "managedSecretReference", "secretName")]
    if isinstance(item, Ingress) and any(key.text.startswith("cert-manager.io/") for key, _ in item.annotations()):
        return [tls.scalar("secretName") for tls in root.items_at("spec", "tls")]
    return []
