"""Edits of structure that fixes are made of: a field, a line or an item put in, taken out, moved or replaced (floor 1).

Each of them follows how its neighbours are written, and answers None where it cannot be sure: a fix that leaves another
document than was meant is worse than none.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Fix, Safety
from kubelint.source import SourceFile, Span, TextEdit
from kubelint.tree.node import Mapping, Node, Scalar, Sequence


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


def append_item(last: Scalar, text: str) -> TextEdit:
    """Return the edit that puts an item behind the last one of a list, on a line of its own where that one has one."""
    place = Span(last.source, last.end, last.end)
    before = last.source.text[last.source.text.rfind("\n", 0, last.start) + 1 : last.start]
    return TextEdit(place, f"\n{before}{text}" if before.strip() == "-" else f", {text}")


def remove_entry(mapping: Mapping, name: str) -> TextEdit | None:
    """Return the edit that takes the line of a field out of a mapping.

    None where the field does not have a line of its own, or where the mapping would be left empty.
    """
    entry = mapping.index.get(name)
    if entry is None or mapping.flow or len(mapping.entries) < 2:
        return None
    key, value = entry
    line = whole_lines(mapping.source, key.start, key.start)
    if mapping.source.text[line.start : key.start].strip() or value.source is not mapping.source:
        return None
    return TextEdit(line, "") if key.start <= value.end <= line.end else None


def replace_value(node: Scalar, text: str, *, quoted: bool = True) -> TextEdit | None:
    """Return the edit that puts a text of the same kind in the place of a value; ``quoted``: its quotes stay.

    None where the value is not written on one line as it is read (folded, escaped, an alias).
    """
    quote = node.style if node.style in ("'", '"') else ""
    if node.tag is not None or node.span.text != f"{quote}{node.text}{quote}" or "\n" in node.text:
        return None
    return TextEdit(node.span, f"{quote}{text}{quote}" if quoted else text)


def replacement(node: Node, text: str, safety: Safety = Safety.UNSAFE) -> Fix | None:
    """Return the fix that writes another word in place of a scalar; None where it is not written as it reads."""
    if not isinstance(node, Scalar) or node.span.text not in (node.text, f"'{node.text}'", f'"{node.text}"'):
        return None
    edit = TextEdit(node.part(0, len(node.text)), text)
    return Fix(f"replace `{node.text}` with `{text}`", (edit,), safety)


def indent(block: Node, width: int) -> Iterator[TextEdit]:
    """Yield the edits that push all lines of a node but the first one to the right; blank lines stay as they are."""
    lines = block.source.lines
    return indent_lines(block.source, lines.line(block.start) + 1, lines.line(end_of(block)), width)


def indent_lines(source: SourceFile, first: int, last: int, width: int) -> Iterator[TextEdit]:
    """Yield the edits that push the lines from the first to the last one to the right; blank lines stay as they are."""
    for number in range(first, last + 1):
        start, _ = source.lines.bounds(number)
        if source.lines.line_text(number).strip():
            yield TextEdit(source.span(start, start), " " * width)


def end_of(node: Node) -> int:
    """Return where the last thing of a node ends, without the blank lines and comments that follow it."""
    if isinstance(node, Mapping) and not node.flow and node.entries:
        key, value = node.entries[-1]
        return max(end_of(value), key.end) if value.source is key.source else key.end
    if isinstance(node, Sequence) and not node.flow and node.children:
        return end_of(node.children[-1])
    text = node.source.text[node.start : node.end]
    return node.start + len(text.rstrip())


def whole_lines(source: SourceFile, start: int, end: int) -> Span:
    """Return the lines that two offsets are on, with the line end of the last one."""
    lines = source.lines
    first, last = lines.line(start), lines.line(end)
    return Span(source, lines.starts[first - 1], lines.starts[last] if last < len(lines) else len(source.text))
