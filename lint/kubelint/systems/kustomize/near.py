"""What rules say of a name that exists nowhere and is nearly one that does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubelint.edits import replacement
from kubelint.finding import Fix
from kubelint.suggest import NameIndex
from kubelint.tree.node import Node


def near(wanted: str, known: Mapping[str, Node]) -> dict[str, Node]:
    """Return the known names that are near misses of the wanted one, nearest first."""
    return {name: known[name] for name in NameIndex(known).nearest(wanted)}


def rewrite(node: Node, names: Iterable[str]) -> Fix | None:
    """Return the fix that writes the one name there is in the place of a value; None where several could be meant."""
    found = list(names)
    return replacement(node, found[0]) if len(found) == 1 else None
