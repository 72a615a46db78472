"""What controllers make from other objects: names that exist although no file holds them.

Source: documentation of cert-manager (Certificate, Ingress and Gateway annotations), External Secrets Operator, Sealed
Secrets, trust-manager; Kubernetes documentation, "StatefulSets" (names of claims), "Service Accounts" (token Secrets).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.model import Entity, Key, Unit
from kubelint.graph.query import Graph, fits
from kubelint.suggest import nearest
from kubelint.systems.kubernetes.model import CustomResource, Ingress, KubernetesObject, StatefulSet
from kubelint.tree.node import Scalar

#: Kinds of custom resources that no controller makes pods, Services or accounts for. (What Secrets they make is known.)
_PASSIVE_KINDS = frozenset(
    {
        "AnalysisTemplate", "AppProject", "BackendTLSPolicy", "Certificate", "CiliumClusterwideNetworkPolicy",
        "CiliumNetworkPolicy", "ClusterAnalysisTemplate", "ClusterExternalSecret", "ClusterIssuer",
        "ClusterSecretStore", "ClusterTriggerAuthentication", "ExternalSecret", "GRPCRoute", "GatewayClass",
        "HTTPRoute", "IngressRoute", "Issuer", "Middleware", "PodMonitor", "Probe", "PrometheusRule", "ReferenceGrant",
        "ScaledObject", "ScrapeConfig", "SealedSecret", "SecretStore", "ServiceMonitor", "TCPRoute", "TLSRoute",
        "TriggerAuthentication", "UDPRoute", "VerticalPodAutoscaler",
    }
)  # fmt: skip


def operated(unit: Unit) -> Iterator[CustomResource]:
    """Yield the custom resources of a unit for which an operator may make pods, Services and more."""
    for item in unit.resources:
        if isinstance(item, CustomResource) and item.kind not in _PASSIVE_KINDS:
            yield item


def made_by_operator(graph: Graph, unit: Unit, name: str) -> bool:
    """Tell whether a custom resource of the unit has that name, or one that it begins with.

    Operators name what they make after the resource: ``orders`` has a Service ``orders-rw``, a Secret ``orders-app``.
    """

    def collect() -> frozenset[str]:
        return frozenset(item.name for item in operated(unit))

    operators = graph.once(("operated", id(unit)), collect)
    if not operators:
        return False
    words = name.split("-")
    return any("-".join(words[:count]) in operators for count in range(1, len(words) + 1))


def made_claim(graph: Graph, name: str) -> bool:
    """Tell whether a StatefulSet makes a claim of that name: ``<template>-<StatefulSet>-<number>``."""

    def collect() -> frozenset[str]:
        return frozenset(
            f"{template.text_at('metadata', 'name')}-{owner.name}"
            for owner in graph.subjects(StatefulSet)
            for template in owner.root.items_at("spec", "volumeClaimTemplates")
        )

    stem, _, number = name.rpartition("-")
    return number.isdigit() and stem in graph.once("claims of templates", collect)


def produced_names(graph: Graph, kind: str) -> frozenset[str]:
    """Return the names of Secrets (or ConfigMaps) that an object of the repository makes a controller create."""
    return graph.once(("produced", kind), lambda: frozenset(name.text for _, name in _produced(graph, kind)))


def near_produced(graph: Graph, wanted: Key, unit: Unit) -> list[Entity]:
    """Return what controllers make for objects of a unit under a name that is a near miss of the wanted one."""

    def collect() -> dict[int, dict[str, Entity]]:
        found: dict[int, dict[str, Entity]] = {}
        for item, name in _produced(graph, wanted.kind):
            key = wanted._replace(namespace=item.namespace, name=name.text)
            found.setdefault(id(item.unit), {})[name.text] = Entity(key, name, item.unit, item)
        return found

    made = graph.once(("produced by unit", wanted.kind), collect).get(id(unit), {})
    return [made[name] for name in nearest(wanted.name, made) if fits(made[name].namespace, wanted.namespace)]


def _produced(graph: Graph, kind: str) -> Iterator[tuple[KubernetesObject, Scalar]]:
    for item in graph.subjects(KubernetesObject):
        made = item.name_node
        if kind == "Secret":
            candidates = _secret_of(item)
        elif item.kind == "Bundle" and item.group == "trust.cert-manager.io":
            candidates = [made]
        else:
            candidates = []
        yield from ((item, node) for node in candidates if node is not None and not node.opaque)


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
    if item.group in ("", "networking.k8s.io", "extensions", "gateway.networking.k8s.io") and any(
        key.text.startswith("cert-manager.io/") for key, _ in item.annotations()
    ):
        if isinstance(item, Ingress):
            return [tls.scalar("secretName") for tls in root.items_at("spec", "tls")]
        if kind == "Gateway":
            return [
                reference.scalar("name")
                for listener in root.items_at("spec", "listeners")
                for reference in listener.items_at("tls", "certificateRefs")
            ]
    return []
