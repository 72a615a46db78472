"""Files that ConfigMaps and Secrets carry, read as their names say: YAML, JSON, TOML.

A file with placeholders is read by something else first, so what cannot be parsed in it is no fault.

Source: Kubernetes documentation, "ConfigMaps"; YAML 1.2, RFC 8259, TOML 1.0.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.source import SourceFile, Span
from kubelint.systems.kubernetes.model import ConfigMap, DataHolder
from kubelint.tree.node import Scalar
from kubelint.tree.problem import SyntaxProblem
from kubelint.tree.yaml import read_yaml

_LARGEST = 1_000_000
#: Marks of templates beyond those that make a value opaque.
_TEMPLATE = re.compile(
    r"\{\{|\{%|\$\{|<%|\$\(|@@|%[A-Z_]+%|__[A-Z][A-Z0-9_]*__|^[ \t]*(?:#|//) *@|\$[A-Z][A-Z_]+", re.MULTILINE
)
_COMMENT = re.compile(r"(?:^|[\s,\[{}])(?://|/\*|#)", re.MULTILINE)
_AT = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)")


class Unparsable(NamedTuple):
    """A file that cannot be read: its key, the syntax, where it breaks and why."""

    key: Scalar
    syntax: str
    span: Span
    reason: str


def unparsable_files(holder: DataHolder) -> Iterator[Unparsable]:
    """Yield the files of an object that are not of the syntax that their names say.

    What is in the ``data`` of a Secret is base64, and not looked into.
    """
    section = "data" if isinstance(holder, ConfigMap) else "stringData"
    for key, value in holder.root.pairs_at(section):
        if not isinstance(value, Scalar) or key.opaque or not 1 < len(value.text) < _LARGEST:
            continue
        extension = key.text.rpartition(".")[2].lower()
        reader = _READERS.get(extension)
        if reader is None:
            continue
        fault = reader(value.text)
        if fault is not None and not _TEMPLATE.search(value.text):
            line, column, reason = fault
            yield Unparsable(key, extension.upper().replace("YML", "YAML"), _place(value, line, column), reason)


def _yaml(text: str) -> tuple[int, int, str] | None:
    source = SourceFile("", text)
    for problem in read_yaml(source).problems:
        if isinstance(problem, SyntaxProblem):
            line, column = source.lines.position(problem.span.start)
            return line, column, problem.message
    return None


def _json(text: str) -> tuple[int, int, str] | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        # Several values behind each other are lines of a log; comments are a dialect that some programs read.
        if error.msg == "Extra data" or _COMMENT.search(text):
            return None
        return error.lineno, error.colno, error.msg
    except (RecursionError, ValueError):
        return None
    return None


def _toml(text: str) -> tuple[int, int, str] | None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line, column = (int(found[1]), int(found[2])) if found else (1, 1)
        return line, column, str(error).partition(" (at ")[0]
    except (RecursionError, ValueError):
        return None
    return None


_READERS = {"yaml": _yaml, "yml": _yaml, "json": _json, "toml": _toml}


def _place(node: Scalar, line: int, column: int) -> Span:
    """Return the rest of the line in the source that a line of a literal block is; the whole value for other styles."""
    if node.style != "|":
        return node.span
    lines = node.source.lines
    wanted = node.text.split("\n")[line - 1] if line <= node.text.count("\n") + 1 else ""
    number = lines.line(node.start) + line
    if number > len(lines):
        return node.span.first_line()
    start, end = lines.bounds(number)
    written = node.source.text[start:end]
    if not written.endswith(wanted) or not wanted.strip():
        return Span(node.source, start, end) if written.strip() else node.span.first_line()
    indentation = len(written) - len(wanted)
    offset = min(start + indentation + column - 1, max(end - 1, start))
    return Span(node.source, offset, end)
