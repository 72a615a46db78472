"""Paths of the node that pods mount: sockets of container runtimes, folders of the system, and the rest.

Source: Kubernetes documentation, "Volumes" (hostPath) and "Container Runtimes" (the sockets).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint_schemas.kubernetes import pod_security as facts


class HostMount(NamedTuple):
    """A mount of a path of the node: the mount in the container, and the volume's path."""

    container: Container
    mount: Mapping
    path: Scalar

    @property
    def node(self) -> Node:
        """Where the mount says where it goes."""
        return self.mount.scalar("mountPath") or self.mount.scalar("name") or self.mount

    @property
    def read_only(self) -> bool:
        """Whether the container cannot write through it; a placeholder counts."""
        switch = self.mount.scalar("readOnly")
        return switch is not None and (switch.opaque or switch.text == "true")


def host_path_kind(path: str) -> str | None:
    """Return ``socket`` for the socket of a container runtime, ``sensitive`` for a folder of the system, else None."""
    clean = posixpath.normpath(path)
    if posixpath.basename(clean) in facts.host_paths("sockets"):
        return "socket"
    if _in(clean, "harmless"):
        return None
    return "sensitive" if clean == "/" or _in(clean, "sensitive") else None


def _in(path: str, kind: str) -> bool:
    """Tell whether a path is one of a kind or lies below one."""
    return any(path == known or path.startswith(f"{known}/") for known in facts.host_paths(kind))


def host_paths(template: PodTemplate) -> Iterator[Scalar]:
    """Yield the path of each volume that is one of the node; placeholders are left out."""
    for volume in template.spec.items_at("volumes"):
        path = volume.scalar("hostPath", "path")
        if path is not None and not path.opaque:
            yield path


def host_mounts(template: PodTemplate) -> Iterator[HostMount]:
    """Yield the mounts of such volumes in the containers."""
    for container in template.containers:
        for mount in container.node.items_at("volumeMounts"):
            volume = template.volumes.get(mount.text_at("name") or "")
            path = None if volume is None else volume.scalar("hostPath", "path")
            if isinstance(mount, Mapping) and path is not None and not path.opaque:
                yield HostMount(container, mount, path)
