"""What claims and volumes refer to: each other, classes, and the Secrets of storage drivers."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import (
    KubernetesObject,
    OtherObject,
    PersistentVolume,
    PersistentVolumeClaim,
    StatefulSet,
)
from kubelint.systems.kubernetes.refer import refer_to
from kubelint.tree.node import Node, Scalar

_DRIVER_SECRETS = (
    "controllerPublishSecretRef",
    "nodeStageSecretRef",
    "nodePublishSecretRef",
    "controllerExpandSecretRef",
    "nodeExpandSecretRef",
)
#: In-tree volume sources whose Secret reference names its namespace.
_SOURCE_SECRETS = ("rbd", "cephfs", "iscsi", "flexVolume", "scaleIO", "cinder")


def link_claim(graph: Graph, claim: PersistentVolumeClaim) -> None:
    """Resolve the volume that a claim asks for by name, and its class."""
    refer_to(graph, "binds-to", claim, claim.root.scalar("spec", "volumeName"), "PersistentVolume", namespace="")
    _link_class(graph, claim, claim.root.at("spec"))


def link_claim_templates(graph: Graph, stateful_set: StatefulSet) -> None:
    """Resolve the classes of a StatefulSet's claim templates."""
    for template in stateful_set.root.items_at("spec", "volumeClaimTemplates"):
        _link_class(graph, stateful_set, template.at("spec"))


def _link_class(graph: Graph, source: KubernetesObject, spec: Node | None) -> None:
    """Resolve a class; volumes that are made by hand may share a class name that no object has."""
    if spec is None:
        return
    name = spec.scalar("storageClassName")
    if name is not None and name.text and name.text not in _classes_of_volumes(graph):
        refer_to(graph, "stored-by", source, name, "StorageClass", namespace="")
    attributes = spec.scalar("volumeAttributesClassName")
    refer_to(graph, "tuned-by", source, attributes, "VolumeAttributesClass", namespace="")


def _classes_of_volumes(graph: Graph) -> frozenset[str]:
    def collect() -> frozenset[str]:
        return frozenset(
            volume.root.text_at("spec", "storageClassName") or "" for volume in graph.subjects(PersistentVolume)
        )

    return graph.once("classes of volumes", collect)


def link_volume(graph: Graph, volume: PersistentVolume) -> None:
    """Resolve the claim that a volume is kept for, and the Secrets of its driver."""
    claim = volume.root.at("spec", "claimRef")
    if claim is not None:
        where = claim.text_at("namespace") or ""
        refer_to(graph, "kept-for", volume, claim.scalar("name"), "PersistentVolumeClaim", namespace=where)
    for name, namespace in _secrets(volume):
        refer_to(graph, "signs-in-with", volume, name, "Secret", namespace=namespace)


def _secrets(volume: PersistentVolume) -> Iterator[tuple[Scalar | None, str]]:
    for field in _DRIVER_SECRETS:
        yield (
            volume.root.scalar("spec", "csi", field, "name"),
            volume.root.text_at("spec", "csi", field, "namespace") or "",
        )
    for section in _SOURCE_SECRETS:
        place = ("spec", section, "secretRef")
        yield volume.root.scalar(*place, "name"), volume.root.text_at(*place, "namespace") or ""
    yield (
        volume.root.scalar("spec", "azureFile", "secretName"),
        volume.root.text_at("spec", "azureFile", "secretNamespace") or "",
    )


def link_attachment(graph: Graph, item: OtherObject) -> None:
    """Resolve the volume of a VolumeAttachment."""
    if item.kind == "VolumeAttachment":
        name = item.root.scalar("spec", "source", "persistentVolumeName")
        refer_to(graph, "attaches", item, name, "PersistentVolume", namespace="")
