"""The build as YAML and JSON: keys in order, values as kustomize's reader of manifests sees them.

Our own emitter, because a general one takes twenty times as long: what it has to write is plain data only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kubelint.systems.kustomize.build.moment import moment
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3
from kubelint.tree.made import MadeScalar, history
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

_PLAIN = re.compile(
    r"[A-Za-z0-9_./$(+*<>=~^;-](?:[A-Za-z0-9_./()$+*<>=~^;,@!%|?'\"\\-]|:(?=\S)|[ ](?=\S)(?!#)|&|\[|\]|\{|\})*\Z"
)
_SPECIAL_START = re.compile(r"[-?:](?:\s|\Z)|(?:<<?|=)\Z|[-.~*&!|>%@`<=]\Z|\*|~|---|\.\.\.")
_BLOCK = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ud800-\udfff\ufffe\uffff\u2028\u2029]*\Z")
#: What Go's JSON takes for integers, and from where on it writes numbers with an exponent.
_LEAST_INTEGER, _LARGEST_INTEGER = -(2**63), 2**64
_LARGEST_PLAIN = 1e15


def value_of(node: Scalar, *, flow: bool = False) -> Any:
    """Return the value of a scalar as kustomize prints it; dates become points in time, as they do there.

    ``flow`` says that it stands between brackets or braces, where kustomize makes an empty text of nothing.
    """
    if flow and not node.text and node.is_null:
        return ""
    if node.style is None and node.tag is None:
        point = moment(node.text)
        if point is not None:
            return point
    value = node.value(GO_YAML_V3)
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_PLAIN:
        return int(value)
    if type(value) is int and not _LEAST_INTEGER <= value < _LARGEST_INTEGER:
        return float(value)
    return value


def data_of(node: Node, *, flow: bool = False) -> Any:
    """Return a tree as plain data, keys in order."""
    if isinstance(node, Mapping):
        flow = flow or node.flow
        return {name: data_of(node.index[name][1], flow=flow) for name in sorted(node.index)}
    if isinstance(node, Sequence):
        return [data_of(item, flow=flow or node.flow) for item in node.children]
    assert isinstance(node, Scalar)  # noqa: S101 - there is no other kind of node
    return value_of(node, flow=flow)


def to_yaml(roots: list[Mapping], *, origin: bool = False) -> str:
    """Return the objects as a YAML stream; with ``origin`` each value's place is told in a comment behind it."""
    emitter = _Emitter(origin=origin)
    return "---\n".join(emitter.document(root) for root in roots)


def to_json(roots: list[Mapping]) -> str:
    """Return the objects as a JSON array."""
    return json.dumps([data_of(root) for root in roots], indent=2, ensure_ascii=False, default=str) + "\n"


class _Emitter:
    def __init__(self, *, origin: bool) -> None:
        self.origin = origin
        self._quoted: dict[str, str] = {}

    def document(self, root: Mapping) -> str:
        lines: list[str] = []
        self._mapping(root, "", lines, "", flow=False)
        return "".join(f"{line}\n" for line in lines) or "{}\n"

    def _mapping(self, node: Mapping, indent: str, lines: list[str], first: str, *, flow: bool) -> None:
        """Add the lines of a mapping; ``first`` stands before its first key instead of the indentation."""
        start = first or indent
        flow = flow or node.flow
        for name in sorted(node.index):
            value = node.index[name][1]
            self._entry(f"{start}{self._text(name)}:", value, indent, lines, flow=flow)
            start = indent

    def _entry(self, head: str, value: Node, indent: str, lines: list[str], *, flow: bool) -> None:
        if isinstance(value, Mapping) and value.index:
            lines.append(head)
            self._mapping(value, indent + "  ", lines, "", flow=flow)
        elif isinstance(value, Sequence) and value.children:
            lines.append(head)
            self._sequence(value, indent, lines, "", flow=flow)
        else:
            self._leaf(head, value, indent, lines, flow=flow)

    def _sequence(self, node: Sequence, indent: str, lines: list[str], first: str, *, flow: bool) -> None:
        start = first or indent
        flow = flow or node.flow
        for item in node.children:
            head = f"{start}- "
            if isinstance(item, Mapping) and item.index:
                self._mapping(item, indent + "  ", lines, head, flow=flow)
            elif isinstance(item, Sequence) and item.children:
                self._sequence(item, indent + "  ", lines, head, flow=flow)
            else:
                self._leaf(f"{start}-", item, indent, lines, flow=flow)
            start = indent

    def _leaf(self, head: str, node: Node, indent: str, lines: list[str], *, flow: bool) -> None:
        comment = f"  # {', '.join(self._places(node))}" if self.origin else ""
        if isinstance(node, Mapping):
            lines.append(f"{head} {{}}{comment}")
        elif isinstance(node, Sequence):
            lines.append(f"{head} []{comment}")
        else:
            assert isinstance(node, Scalar)  # noqa: S101 - there is no other kind of node
            value = value_of(node, flow=flow)
            if isinstance(value, str) and "\n" in value and _is_block(value):
                chomp = "-" if not value.endswith("\n") else "+" if value.endswith("\n\n") or value == "\n" else ""
                hint = "2" if value[0] in " \n" else ""
                lines.append(f"{head} |{hint}{chomp}{comment}")
                body = value.removesuffix("\n") if chomp != "-" else value
                lines.extend(f"{indent}  {line}" if line else "" for line in body.split("\n"))
            else:
                lines.append(f"{head} {self._scalar(value)}{comment}")

    def _scalar(self, value: Any) -> str:
        if isinstance(value, str):
            return self._text(value)
        if value is None:
            return "null"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float):
            shown = repr(value)
            return {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}.get(shown, shown)
        return str(value)

    def _text(self, value: str) -> str:
        found = self._quoted.get(value)
        if found is None:
            found = self._quoted[value] = quoted(value)
        return found

    @staticmethod
    def _places(node: Node) -> Iterator[str]:
        """Yield where a value comes from: its place, and that of what made it or of what it replaced."""
        seen: list[str] = []
        for part in history(node):
            places = [part.span]
            if isinstance(part, MadeScalar) and part.by is not None:
                places.append(part.by.span)
            for span in places:
                if str(span) not in seen:
                    seen.append(str(span))
        yield from seen


def quoted(value: str) -> str:
    """Return a text as YAML: plain where every reader takes it for the text that it is."""
    if _PLAIN.match(value) and not _SPECIAL_START.match(value) and not _reads_as_other(value):
        return value
    if _BLOCK.match(value) and "\n" not in value and "\t" not in value:
        # As kustomize quotes: double quotes where a plain text would be read as something else, else single ones.
        if value == "" or _PLAIN.match(value):
            return f'"{value}"' if not set(value) & set('"\\\\') else "'" + value.replace("'", "''") + "'"
        return "'" + value.replace("'", "''") + "'"
    return (
        json.dumps(value, ensure_ascii=False)
        .replace("\x7f", "\\x7f")
        .replace("\u2028", "\\L")
        .replace("\u2029", "\\P")
        .replace("\ufeff", "\\uFEFF")
    )


def _reads_as_other(value: str) -> bool:
    return (
        not isinstance(GO_YAML_V2.resolve(value), str)
        or not isinstance(GO_YAML_V3.resolve(value), str)
        or (value[:1].isdigit() and (":" in value or value.count("-") > 1))
    )


def _is_block(value: str) -> bool:
    """Tell whether a text can be written as a block as it is."""
    return (
        _BLOCK.match(value) is not None
        and "\t" not in value[:1]
        and not any(line != line.rstrip(" ") and not line.strip() for line in value.split("\n"))
    )
