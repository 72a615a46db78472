"""A fix that several rules of Drone files offer."""

from __future__ import annotations

from kubelint.finding import Fix, Safety
from kubelint.source import TextEdit
from kubelint.tree.node import Scalar


def as_list(node: Scalar) -> Fix | None:
    """Return the fix that makes a list of a single value; None for a value of several lines."""
    written = node.span.text
    if node.style in ("|", ">") or "\n" in written:
        return None
    if node.style is None and any(character in written for character in ",[]{}#"):
        written = "'" + written.replace("'", "''") + "'"
    return Fix("make it a list", (TextEdit(node.span, f"[{written}]"),), Safety.SAFE)
