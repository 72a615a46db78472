"""Field names as kustomize takes them: in any case.

kustomize decodes through Go's ``encoding/json``, for which ``Resources`` and ``resources`` are one field. Instead of
asking for every field in every case, the tree gets its names in the schema's spelling, once; nodes keep their places.
"""

from __future__ import annotations

from typing import Any

from kubelint.schema.document import SchemaDocument
from kubelint.tree.node import Mapping, Node, Scalar, Sequence


def canonical(root: Mapping, schema: dict[str, Any]) -> Mapping:
    """Return the tree with field names as the schema spells them; the very same tree where they already are."""
    result = _rewritten(root, schema, SchemaDocument(schema))
    return result if isinstance(result, Mapping) else root


def _rewritten(node: Node, part: Any, schema: SchemaDocument) -> Node:
    part = schema.resolved(part)
    if not isinstance(part, dict):
        return node
    if isinstance(node, Sequence):
        return _rewritten_list(node, part, schema)
    if not isinstance(node, Mapping):
        return node
    fields, _ = schema.fields(part)
    if not fields:
        return node
    spellings = {name.lower(): name for name in fields}
    entries: list[tuple[Scalar, Node]] = []
    changed = False
    for key, value in node.entries:
        name = key.text if key.text in fields else spellings.get(key.text.lower(), key.text)
        other = _rewritten(value, fields.get(name, True), schema)
        changed = changed or other is not value or name != key.text
        entries.append((key if name == key.text else _renamed(key, name), other))
    if not changed:
        return node
    return Mapping(node.source, node.start, node.end, entries, flow=node.flow, tag=node.tag)


def _rewritten_list(node: Sequence, part: dict[str, Any], schema: SchemaDocument) -> Node:
    items = part.get("items", True)
    children = [_rewritten(child, items, schema) for child in node.children]
    if all(other is child for other, child in zip(children, node.children, strict=True)):
        return node
    return Sequence(node.source, node.start, node.end, children, flow=node.flow, tag=node.tag)


def _renamed(key: Scalar, name: str) -> Scalar:
    return Scalar(key.source, key.start, key.end, name, key.style, key.tag)
