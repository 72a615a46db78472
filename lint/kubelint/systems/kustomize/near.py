"""What rules say of a name that exists nowhere and is nearly one that does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubelint.finding import Fix, Safety
from kubelint.source import TextEdit
from kubelint.suggest import NameIndex
from kubelint.tree.node import Node, Scalar


def near(wanted: str, known: Mapping[str, Node]) -> dict[str, Node]:
    """Return the known names that are near misses of the wanted one, nearest first."""
    return {name: known[name] for name in NameIndex(known).nearest(wanted)}


def rewrite(node: Node, names: Iterable[str]) -> Fix | None:
    """Return the fix that writes the one name there is in the place of a value; None where several could be meant."""
    found = list(names)
    if len(found) != 1 or not isinstance(node, Scalar) or node.span.text.strip("\"'") != node.text:
        return None
    span = node.part(0, len(node.text))
    return Fix(f"replace `{node.text}` with `{found[0]}`", (TextEdit(span, found[0]),), Safety.UNSAFE)


def listed(names: Iterable[str], most: int = 3) -> str:
    """Return names for a sentence, the first few of them."""
    found = list(names)
    shown = [f"`{name}`" for name in found[:most]]
    if len(found) > most:
        return f"{', '.join(shown)} and {len(found) - most} more"
    return " and ".join(shown) if len(shown) < 3 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def short(text: str, longest: int = 40) -> str:
    """Return a text for a headline, cut where it is long or has several lines."""
    line = text.partition("\n")[0]
    return line if line == text and len(line) <= longest else f"{line[: longest - 1]}…"
