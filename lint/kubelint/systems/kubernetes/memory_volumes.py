"""Volumes in memory, which count against the limits of the containers that fill them.

Source: Kubernetes documentation, "Volumes", section "emptyDir": files in a volume with `medium: Memory` count against
the memory limit of the container that wrote them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubernetes.quantity import quantity
from kubelint.tree.node import Node, Scalar


class OverfullVolume(NamedTuple):
    """A volume that is larger than all the memory that may be put into it, and the limits that say so."""

    size: Scalar
    limit: Fraction
    limits: tuple[Node, ...]


def overfull_volumes(template: PodTemplate) -> Iterator[OverfullVolume]:
    """Yield the volumes in memory that no container can fill without being killed."""
    for volume in template.spec.items_at("volumes"):
        size = volume.scalar("emptyDir", "sizeLimit")
        name = volume.text_at("name")
        amount = quantity(size)
        if volume.text_at("emptyDir", "medium") != "Memory" or size is None or amount is None or name is None:
            continue
        users = [
            container
            for container in template.containers
            if any(mount.text_at("name") == name for mount in container.node.items_at("volumeMounts"))
        ]
        nodes = [container.node.at("resources", "limits", "memory") for container in users]
        amounts = [quantity(node) for node in nodes]
        known = [each for each in amounts if each is not None]
        total = sum(known, Fraction(0))
        if users and len(known) == len(users) and amount > total > 0:
            yield OverfullVolume(size, total, tuple(node for node in nodes if node is not None))


def unmounted_volumes(template: PodTemplate) -> Iterator[Scalar]:
    """Yield the names of the volumes that no container mounts; nothing where a mount is only known later.

    A volume that an annotation of the pod names is mounted by whoever reads the annotation.
    """
    used: set[str] = set()
    for container in template.containers:
        for section in ("volumeMounts", "volumeDevices"):
            listed = container.node.at(section)
            if isinstance(listed, Scalar) and listed.opaque:
                return
            for mount in container.node.items_at(section):
                name = mount.scalar("name")
                if name is None or name.opaque:
                    return
                used.add(name.text)
    metadata = template.metadata
    notes = [] if metadata is None else [value for _, value in metadata.pairs_at("annotations")]
    for volume in template.spec.items_at("volumes"):
        name = volume.scalar("name")
        if name is None or name.opaque or name.text in used:
            continue
        if not any(isinstance(note, Scalar) and name.text in note.text for note in notes):
            yield name
