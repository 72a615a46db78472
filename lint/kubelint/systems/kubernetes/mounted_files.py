"""The files that a volume holds, where the manifests say: those of ConfigMaps, Secrets and projected volumes.

Source: API reference, ConfigMapVolumeSource and SecretVolumeSource (`items`: other keys are not projected),
ProjectedVolumeSource, DownwardAPIVolumeSource.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import NamedTuple, TypeAlias

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import DataHolder, KubernetesObject
from kubelint.tree.node import Node, Scalar

#: Path in the volume to the object that the file comes from and the node that names it.
Files: TypeAlias = MappingABC[str, tuple[KubernetesObject, Scalar]]


class MountedFile(NamedTuple):
    """The detail of a ``mounts-file`` reference: the mount, its volume, and the files that the volume has."""

    mount: Node
    volume: Node
    files: Files


def files_of(graph: Graph, owner: KubernetesObject, volume: Node) -> Files | None:
    """Return the files of a volume of a pod by path; None where not all of them are written down."""
    found: dict[str, tuple[KubernetesObject, Scalar]] = {}
    projected = volume.at("projected")
    sources = [volume] if projected is None else projected.items_at("sources")
    if not sources:
        return None
    for source in sources:
        files = _files_of_source(graph, owner, source)
        if files is None:
            return None
        found.update(files)
    return found


def _files_of_source(graph: Graph, owner: KubernetesObject, source: Node) -> Files | None:
    for section, kind in (("configMap", "ConfigMap"), ("secret", "Secret")):
        node = source.at(section)
        if node is not None:
            return _files_of_data(graph, owner, node, kind)
    node = source.at("downwardAPI")
    if node is not None:
        return _paths(owner, node.items_at("items"))
    for section in ("serviceAccountToken", "clusterTrustBundle"):
        node = source.at(section)
        if node is not None:
            return _paths(owner, [node])
    return None


def _files_of_data(graph: Graph, owner: KubernetesObject, source: Node, kind: str) -> Files | None:
    if source.text_at("optional") == "true":
        return None
    if source.items_at("items"):
        return _paths(owner, source.items_at("items"))
    name = source.scalar("name") or source.scalar("secretName")
    if name is None or name.opaque:
        return None
    wanted = Key("kubernetes", kind, owner.namespace, name.text)
    files: dict[str, tuple[KubernetesObject, Scalar]] = {}
    holders = graph.find(wanted, owner.unit, file=name.source)
    for holder in holders:
        if (
            not isinstance(holder, DataHolder)
            or not holder.keys_known
            or any(key.opaque for key in holder.keys.values())
        ):
            return None
        files.update({text: (holder, key) for text, key in holder.keys.items()})
    return files if holders else None


def _paths(owner: KubernetesObject, items: list[Node]) -> Files | None:
    paths = [item.scalar("path") for item in items]
    if any(path is None or path.opaque for path in paths):
        return None
    return {path.text: (owner, path) for path in paths if path is not None}
