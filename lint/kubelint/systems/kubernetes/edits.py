"""Text edits that fixes need: a field put into a mapping that is already there."""

from __future__ import annotations

from kubelint.source import Span, TextEdit
from kubelint.tree.node import Mapping, Scalar


def insert_field(mapping: Mapping, text: str) -> TextEdit | None:
    """Return the edit that puts ``name: value`` in front of the first field of a mapping; None where it has none.

    The field gets the indentation, the line end and, in flow style, the comma of its neighbours.
    """
    if not mapping.entries:
        return None
    first = mapping.entries[0][0]
    source = mapping.source
    start = source.text.rfind("\n", 0, first.start) + 1
    before = source.text[start : first.start]
    place = Span(source, first.start, first.start)
    if mapping.flow:
        return TextEdit(place, f"{text}, ")
    if before.strip(" -"):
        return None  # something else stands on that line: an anchor, a tag
    line_end = "\r\n" if "\r\n" in source.text else "\n"
    return TextEdit(place, f"{text}{line_end}{' ' * len(before)}")


def remove_entry(mapping: Mapping, name: str) -> TextEdit | None:
    """Return the edit that takes the line of a field out of a mapping.

    None where the field does not have a line of its own, or where the mapping would be left empty.
    """
    entry = mapping.index.get(name)
    if entry is None or mapping.flow or len(mapping.entries) < 2:
        return None
    key, value = entry
    text = mapping.source.text
    start = text.rfind("\n", 0, key.start) + 1
    line_end = text.find("\n", key.start)
    end = len(text) if line_end < 0 else line_end + 1
    if text[start : key.start].strip() or value.source is not mapping.source or not key.start <= value.end <= end:
        return None
    return TextEdit(Span(mapping.source, start, end), "")


def replace_value(node: Scalar, text: str, *, quoted: bool = True) -> TextEdit | None:
    """Return the edit that puts a text of the same kind in the place of a value; ``quoted``: its quotes stay.

    None where the value is not written on one line as it is read (folded, escaped, an alias).
    """
    quote = node.style if node.style in ("'", '"') else ""
    if node.tag is not None or node.span.text != f"{quote}{node.text}{quote}" or "\n" in node.text:
        return None
    return TextEdit(node.span, f"{quote}{text}{quote}" if quoted else text)
