"""Fields that kustomize has replaced by others, and the edits that rewrite them in the style of the file.

Source: kustomize, ``api/types/kustomization.go`` (``CheckDeprecatedFields``) and ``kustomize edit fix``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.edits import end_of, indent, indent_lines
from kubelint.finding import Fix, Safety
from kubelint.source import TextEdit
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

#: The field, what takes its place, and the release that began to warn of it where it is one of the newer ones.
REPLACED = {
    "bases": ("resources", ""),
    "imageTags": ("images", ""),
    "patchesStrategicMerge": ("patches", "5.0"),
    "patchesJson6902": ("patches", "5.0"),
    "commonLabels": ("labels", "5.3"),
    "vars": ("replacements", "5.0"),
    "helmChartInflationGenerator": ("helmCharts", ""),
}


class Deprecated(NamedTuple):
    """One deprecated field: its key, what to write instead, since when, and the rewrite where there is one."""

    key: Scalar
    instead: str
    since: str
    fix: Fix | None


def deprecated_fields(root: Mapping) -> Iterator[Deprecated]:
    """Yield the deprecated fields of a kustomization."""
    for name, (instead, since) in REPLACED.items():
        key, value = root.key(name), root.get(name)
        if key is not None and value is not None:
            yield Deprecated(key, instead, since, _fix(root, key, value, instead))


def _fix(root: Mapping, key: Scalar, value: Node, instead: str) -> Fix | None:
    name = key.text
    if key.span.text != name or root.flow or instead not in _KNOWN or not _is_simple(value):
        return None
    target = root.get(instead)
    if target is None and any(root.get(other) is not None for other in _RIVALS.get(name, ())):
        return None  # two fields cannot both become the one that is not there yet
    rewritten = _rewritten(name, value)
    if rewritten is None:
        return None
    safety = Safety.UNSAFE if name == "patchesJson6902" else Safety.SAFE
    title = f"rewrite `{name}` as `{instead}`"
    if target is None:
        renamed = TextEdit(key.span, instead)
        if isinstance(value, Mapping):
            return Fix(title, _labels(root, key, value), safety)
        return Fix(title, (renamed, *rewritten), safety)
    moved = _moved(key, value, target, rewritten)
    if name == "patchesStrategicMerge":
        safety = Safety.UNSAFE  # these patches came before the others
    return None if moved is None else Fix(title, moved, safety)


_KNOWN = frozenset({"resources", "images", "patches", "labels"})
_RIVALS = {"patchesStrategicMerge": ("patchesJson6902",), "patchesJson6902": ("patchesStrategicMerge",)}


def _is_simple(value: Node) -> bool:
    """Tell whether a value is written in lines of its own or in one flow collection, and holds something."""
    if isinstance(value, Mapping):
        return bool(len(value)) and value.source is not None
    return isinstance(value, Sequence) and bool(value.children)


def _rewritten(name: str, value: Node) -> list[TextEdit] | None:
    """Return the edits of the items: entries of ``patchesStrategicMerge`` get a key."""
    if name != "patchesStrategicMerge":
        return []
    edits: list[TextEdit] = []
    flow = isinstance(value, Sequence) and value.flow
    for item in value.items():
        if not isinstance(item, Scalar) or item.is_null:
            return None
        inline = "\n" in item.text or ": " in item.text
        start = item.source.span(item.start, item.start)
        if flow:
            if inline:
                return None
            edits += [TextEdit(start, "{path: "), TextEdit(item.source.span(item.end, item.end), "}")]
            continue
        edits.append(TextEdit(start, "patch: " if inline else "path: "))
        if inline and item.style in ("|", ">"):
            edits += indent(item, 2)
        elif inline and "\n" in item.span.text:
            return None
    return edits


def _labels(root: Mapping, key: Scalar, value: Mapping) -> tuple[TextEdit, ...]:
    """Return the edits that make an entry of ``labels`` of ``commonLabels``, where there are no labels yet."""
    dash = _dash(root)
    edits = [TextEdit(key.span, f"labels:\n{dash}- includeSelectors: true\n{dash}  pairs")]
    if not value.flow:
        column = value.source.span(value.start, value.start).column - 1
        width = max(len(dash) + 4 - column, 0)
        first, last = value.source.lines.line(value.start), value.source.lines.line(end_of(value))
        edits += indent_lines(value.source, first, last, width) if width else ()
    return tuple(edits)


def _dash(root: Mapping) -> str:
    """Return what stands before the dashes of the file's lists."""
    for _, value in root.entries:
        if isinstance(value, Sequence) and not value.flow and value.children:
            line = value.source.lines.line_text(value.source.lines.line(value.children[0].start))
            return line[: len(line) - len(line.lstrip())]
    return ""


def _moved(key: Scalar, value: Node, target: Node, rewritten: list[TextEdit]) -> tuple[TextEdit, ...] | None:
    """Return the edits that append a list to another one and take its key away."""
    if not isinstance(value, Sequence) or not isinstance(target, Sequence) or not target.children:
        return None
    if value.flow or target.flow or value.source is not target.source:
        return None
    source, lines = value.source, value.source.lines
    first, last = lines.line(value.children[0].start), lines.line(end_of(value))
    if first == lines.line(key.start):
        return None
    begin, end = lines.bounds(first)[0], lines.bounds(last)[1]
    text = source.text[begin:end].rstrip("\r\n")
    for edit in sorted(rewritten, key=lambda one: -one.span.start):
        text = text[: edit.span.start - begin] + edit.text + text[edit.span.end - begin :]
    mine, theirs = _indent(lines.line_text(first)), _indent(lines.line_text(lines.line(target.children[0].start)))
    shifted = [_shifted(line, len(theirs) - len(mine)) for line in text.splitlines()]
    place = end_of(target)
    insertion = TextEdit(source.span(place, place), "\n" + "\n".join(shifted))
    start = lines.bounds(lines.line(key.start))[0]
    stop = lines.bounds(last + 1)[0] if last < len(lines) else end
    return (insertion, TextEdit(source.span(start, stop), ""))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _shifted(line: str, width: int) -> str:
    if not line.strip():
        return line
    return " " * width + line if width >= 0 else line[min(-width, len(_indent(line))) :]
