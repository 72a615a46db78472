"""Where an object uses fields that Kubernetes is giving up.

Source: API reference, the descriptions of the fields; Kubernetes documentation, "Volumes" (see the head of
``deprecations.json``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.marks import reached
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.parts import Part, parts
from kubelint.tree.node import Scalar
from kubelint_schemas.kubernetes.deprecations import DeprecatedField, deprecated_fields


class FieldUse(NamedTuple):
    """A deprecated field and its key; ``removed``: it does nothing any more at the target."""

    field: DeprecatedField
    key: Scalar
    part: Part
    removed: bool


def field_uses(graph: Graph, item: KubernetesObject) -> Iterator[FieldUse]:
    """Yield the deprecated fields that an object sets, at the targeted version."""
    found = parts(graph, item)
    for definition, fields in deprecated_fields().items():
        for part in found.of(definition):
            for field in fields:
                value, key = part.node.get(field.name), part.node.key(field.name)
                if value is None or key is None or (isinstance(value, Scalar) and (value.is_null or not value.text)):
                    continue
                removed = reached(graph, field.removed_in)
                if removed or reached(graph, field.deprecated_in):
                    yield FieldUse(field, key, part, removed)
