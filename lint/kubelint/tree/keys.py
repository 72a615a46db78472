"""The keys that stand anywhere in a tree (floor 1)."""

from __future__ import annotations

from typing import Any

from kubelint.tree.compact import LENGTH_BITS, LONGEST, SEQUENCE
from kubelint.tree.node import Mapping, Node, Sequence


def keys_below(root: Node) -> set[str]:
    """Return the texts of all keys in a tree; makes no nodes of what nobody has looked at."""
    found: set[str] = set()
    seen: set[int] = set()
    pending = [root]
    while pending:
        node = pending.pop()
        if not isinstance(node, Mapping | Sequence) or id(node) in seen:
            continue
        seen.add(id(node))  # aliases share nodes
        if node.compact is not None:
            _collect(node.compact, node.source.text, found)
        elif isinstance(node, Mapping):
            found.update(node.index)
            pending += [value for _, value in node.index.values()]
        else:
            pending += node.children
    return found


def _collect(compact: list[Any], text: str, found: set[str]) -> None:
    if compact[2] >= SEQUENCE:
        for item in compact[3:]:
            if type(item) is list:
                _collect(item, text, found)
        return
    for place in range(3, len(compact), 2):
        key = compact[place]
        if type(key) is int:
            start = key >> LENGTH_BITS
            found.add(text[start : start + (key & LONGEST)])
        else:
            found.add(key[2])
        value = compact[place + 1]
        if type(value) is list:
            _collect(value, text, found)
