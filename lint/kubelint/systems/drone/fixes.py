"""Text edits that several rules of Drone files offer."""

from __future__ import annotations

from kubelint.finding import Fix, Safety
from kubelint.source import TextEdit
from kubelint.tree.node import Scalar


def replacement(node: Scalar, text: str, safety: Safety = Safety.UNSAFE) -> Fix | None:
    """Return the fix that writes another word in place of a scalar; None where it is not written as it reads."""
    written = node.span.text
    if written != node.text and written != f"'{node.text}'" and written != f'"{node.text}"':
        return None
    span = node.part(0, len(node.text))
    return Fix(f"replace `{node.text}` with `{text}`", (TextEdit(span, text),), safety)


def as_list(node: Scalar) -> Fix | None:
    """Return the fix that makes a list of a single value; None for a value of several lines."""
    written = node.span.text
    if node.style in ("|", ">") or "\n" in written:
        return None
    if node.style is None and any(character in written for character in ",[]{}#"):
        written = "'" + written.replace("'", "''") + "'"
    return Fix("make it a list", (TextEdit(node.span, f"[{written}]"),), Safety.SAFE)
