"""Modes of the files in volumes.

Source: API reference, ConfigMapVolumeSource, SecretVolumeSource, ProjectedVolumeSource, DownwardAPIVolumeSource
(`defaultMode`), KeyToPath and DownwardAPIVolumeFile (`mode`).
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.numbers import whole_number
from kubelint.systems.kubernetes.parts import parts
from kubelint.tree.node import Scalar

_FIELDS = (
    ("core.ConfigMapVolumeSource", "defaultMode"),
    ("core.SecretVolumeSource", "defaultMode"),
    ("core.ProjectedVolumeSource", "defaultMode"),
    ("core.DownwardAPIVolumeSource", "defaultMode"),
    ("core.KeyToPath", "mode"),
    ("core.DownwardAPIVolumeFile", "mode"),
)


def modes(graph: Graph, item: KubernetesObject) -> Iterator[tuple[Scalar, int]]:
    """Yield the modes that are written as plain decimal numbers, with their values."""
    found = parts(graph, item)
    for definition, field in _FIELDS:
        for part in found.of(definition):
            node = part.node.scalar(field)
            value = whole_number(node)
            if node is not None and value is not None and node.text == str(value):
                yield node, value
