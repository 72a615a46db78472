"""Claims and volumes: who may mount what at the same time, and which claim fits which volume.

Source: Kubernetes documentation, "Persistent Volumes" (Access Modes, Binding, "Reserving a PersistentVolume"); API
reference, PersistentVolumeClaimSpec and PersistentVolumeSpec.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.alternatives import together
from kubelint.systems.kubernetes.model import (
    DaemonSet,
    KubernetesObject,
    PersistentVolume,
    PersistentVolumeClaim,
    Workload,
)
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.quantity import quantity, show_quantity
from kubelint.systems.kubernetes.scale import REPLICATED_KINDS, Scale, scale
from kubelint.tree.node import Mapping, Node, Scalar

ONE_NODE, ONE_POD = "ReadWriteOnce", "ReadWriteOncePod"
_ABBREVIATIONS = {"RWO": ONE_NODE, "RWOP": ONE_POD}
_CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"
_HOST_LABEL = "kubernetes.io/hostname"


def access_modes(item: KubernetesObject) -> list[Scalar]:
    """Return the access modes of a claim or a volume."""
    return [node for node in item.root.items_at("spec", "accessModes") if isinstance(node, Scalar)]


def narrowest(claim: PersistentVolumeClaim) -> Scalar | None:
    """Return the access mode of a claim that only one node, or one pod, may mount; None where others may as well."""
    modes = access_modes(claim)
    if not modes or any(_ABBREVIATIONS.get(mode.text, mode.text) not in (ONE_NODE, ONE_POD) for mode in modes):
        return None
    return modes[0]


class Mount(NamedTuple):
    """A workload that mounts a claim of the repository which one node only, or one pod only, may mount."""

    workload: Workload
    template: PodTemplate
    claim: PersistentVolumeClaim
    mode: Scalar
    node: Scalar

    @property
    def one_pod(self) -> bool:
        """Whether one pod only may mount it."""
        return _ABBREVIATIONS.get(self.mode.text, self.mode.text) == ONE_POD


def narrow_mounts(graph: Graph, workload: Workload) -> Iterator[Mount]:
    """Yield the claims that a workload mounts and that cannot be mounted everywhere."""
    template = workload.template
    if template is None:
        return
    for reference in graph.outgoing(workload, "claims"):
        claims = [target for target in reference.targets if isinstance(target, PersistentVolumeClaim)]
        modes = [narrowest(claim) for claim in claims]
        if claims and modes[0] is not None and None not in modes and isinstance(reference.node, Scalar):
            yield Mount(workload, template, claims[0], modes[0], reference.node)


def mounts_before(graph: Graph, mount: Mount) -> Reference | None:
    """Return the reference of another workload of the same unit that mounts the claim before this one."""
    for reference in graph.incoming(mount.claim, "claims"):
        if reference.source is mount.workload:
            return None
        if together(graph, reference.source, mount.workload):
            return reference
    return None


def pods_at_a_time(graph: Graph, workload: Workload) -> Scale | None:
    """Return how many pods of a workload run side by side; None for kinds whose pods follow each other."""
    if isinstance(workload, DaemonSet):
        return Scale(None, None)
    return scale(graph, workload) if workload.kind in REPLICATED_KINDS else None


def stays_on_one_node(graph: Graph, mount: Mount) -> bool:
    """Tell whether something keeps all pods on the node of the volume, so that they can share it."""
    spec = mount.template.spec
    if spec.at("nodeName") is not None or spec.at("nodeSelector", _HOST_LABEL) is not None:
        return True
    affinity = spec.at("affinity")
    if affinity is not None and any(
        isinstance(node, Scalar) and node.text == _HOST_LABEL
        for section in ("podAffinity", "nodeAffinity")
        for node in (() if affinity.at(section) is None else (affinity.at(section) or affinity).walk())
    ):
        return True
    for reference in graph.outgoing(mount.claim, "binds-to"):
        for volume in reference.targets:
            if isinstance(volume, PersistentVolume) and (
                volume.root.at("spec", "local") is not None or volume.root.at("spec", "hostPath") is not None
            ):
                return True
    return False


# -- claims and volumes ----------------------------------------------------------------------------------------------


class Misfit(NamedTuple):
    """Why a claim cannot be bound to the volume that it asks for: the two nodes that do not fit, and how."""

    claim: PersistentVolumeClaim
    volume: PersistentVolume
    node: Node
    label: str
    other: Node
    other_label: str


def misfits(graph: Graph, claim: PersistentVolumeClaim) -> Iterator[Misfit]:
    """Yield what keeps a claim from the volume that it names, where that is in the repository."""
    for reference in graph.outgoing(claim, "binds-to"):
        volumes = [target for target in reference.targets if isinstance(target, PersistentVolume)]
        if reference.resolution is Resolution.RESOLVED and len(volumes) == 1:
            yield from _compare(claim, volumes[0], reference)


def _compare(claim: PersistentVolumeClaim, volume: PersistentVolume, reference: Reference) -> Iterator[Misfit]:
    spec, other = claim.root.at("spec"), volume.root.at("spec")
    if spec is None or other is None:
        return
    at, there = reference.node, volume.name_node or volume.node
    own_class, its_class = _class(claim), _class(volume)
    if own_class is not None and not _same(own_class, its_class):
        shown = "none" if its_class is None else f"`{its_class.text}`"
        yield Misfit(
            claim, volume, own_class, f"class `{own_class.text}`", its_class or there, f"the volume's class is {shown}"
        )
    wanted, capacity = spec.scalar("resources", "requests", "storage"), other.scalar("capacity", "storage")
    size, room = quantity(wanted), quantity(capacity)
    if wanted is not None and capacity is not None and size is not None and room is not None and size > room:
        yield Misfit(
            claim,
            volume,
            wanted,
            f"asks for {show_quantity(size, 'storage')}",
            capacity,
            f"the volume has {show_quantity(room, 'storage')}",
        )
    offered = {mode.text for mode in access_modes(volume)}
    for mode in access_modes(claim):
        if offered and mode.text not in offered and not mode.opaque:
            yield Misfit(
                claim,
                volume,
                mode,
                f"asks for {mode.text}",
                other.at("accessModes") or there,
                f"the volume offers {', '.join(sorted(offered))}",
            )
    yield from _compare_modes(claim, volume, at, there)
    kept_for = other.mapping("claimRef")
    if kept_for is not None and not _is_claim(kept_for, claim):
        name = kept_for.scalar("name")
        shown = "/".join(part for part in (kept_for.text_at("namespace"), kept_for.text_at("name")) if part)
        yield Misfit(
            claim, volume, at, "asks for a volume that another claim has", name or kept_for, f"kept for `{shown}`"
        )


def _compare_modes(claim: PersistentVolumeClaim, volume: PersistentVolume, at: Node, there: Node) -> Iterator[Misfit]:
    mode, other = claim.root.scalar("spec", "volumeMode"), volume.root.scalar("spec", "volumeMode")
    own, its = "Filesystem" if mode is None else mode.text, "Filesystem" if other is None else other.text
    if own != its and not any(node is not None and node.opaque for node in (mode, other)):
        yield Misfit(claim, volume, mode or at, f"a claim for {own}", other or there, f"a volume for {its}")


def _class(item: KubernetesObject) -> Scalar | None:
    """Return the class as written; a claim without one may still get the default."""
    return item.root.scalar("spec", "storageClassName") or item.annotation(_CLASS_ANNOTATION)


def _same(one: Scalar, other: Scalar | None) -> bool:
    if other is None:
        return one.text == "" or one.opaque
    return one.opaque or other.opaque or one.text == other.text


def _is_claim(reference: Mapping, claim: PersistentVolumeClaim) -> bool:
    name, namespace = reference.scalar("name"), reference.scalar("namespace")
    if name is not None and not name.opaque and name.text != claim.name:
        return False
    return namespace is None or namespace.opaque or not claim.namespace or namespace.text == claim.namespace
