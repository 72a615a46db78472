"""YAML inside a scalar of YAML, with its nodes where the text really stands.

A patch that is written out in a kustomization is a block scalar; its values are read as if the block were a file, and
their spans lie in the file that holds the block. In a quoted scalar, where escapes and folding move the text about, all
nodes have the span of the whole scalar.
"""

from __future__ import annotations

from bisect import bisect_right

from kubelint.source import SourceFile
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.yaml import YamlStream, read_whole


def read_embedded(scalar: Scalar) -> YamlStream:
    """Read the text of a scalar as YAML; never raises. Positions of problems lie in the file as well."""
    text = SourceFile(scalar.source.path, scalar.text)
    stream = read_whole(text)  # makes all nodes at once, so that they can be moved
    places = _Places(scalar)
    for document in stream.documents:
        if document.root is not None:
            places.move(document.root, set())
        document.source = scalar.source
        document.start, document.end = places.of(document.start), places.of(document.end)
    stream.problems = [
        type(problem)(
            problem.message,
            scalar.source.span(places.of(problem.span.start), places.of(problem.span.end)),
            None,
            problem.help,
        )
        for problem in stream.problems
    ]
    return stream


class _Places:
    """Turns offsets in the text of a scalar into offsets in its file."""

    def __init__(self, scalar: Scalar) -> None:
        self.scalar = scalar
        self.starts: list[int] = []
        self.targets: list[int] = []
        self.exact = self._lines() if scalar.style == "|" else self._verbatim()

    def _verbatim(self) -> bool:
        """Take a scalar on one line, or one without escapes, as it stands."""
        span = self.scalar.part(0, len(self.scalar.text))
        self.starts, self.targets = [0], [span.start]
        return span.text == self.scalar.text

    def _lines(self) -> bool:
        """Find each line of a literal block in the file: the same text, only indented."""
        scalar, lines = self.scalar, self.scalar.source.lines
        number = lines.line(scalar.start) + 1
        offset = 0
        indentation: int | None = None
        for line in scalar.text.split("\n"):
            if number > len(lines):
                break
            start, _ = lines.bounds(number)
            shown = lines.line_text(number)
            if line.strip():
                if not shown.endswith(line):
                    return False
                indentation = len(shown) - len(line)
            self.starts.append(offset)
            self.targets.append(start + min(indentation or 0, len(shown)))
            offset += len(line) + 1
            number += 1
        return bool(self.starts)

    def of(self, offset: int) -> int:
        """Return where an offset of the text lies in the file."""
        if not self.exact:
            return self.scalar.start
        position = max(bisect_right(self.starts, offset) - 1, 0)
        return min(self.targets[position] + offset - self.starts[position], self.scalar.end)

    def move(self, node: Node, seen: set[int]) -> None:
        """Put a tree where it stands in the file; nodes that aliases share are moved once."""
        pending = [node]
        while pending:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            node.source = self.scalar.source
            if self.exact:
                node.start, node.end = self.of(node.start), self.of(node.end)
            else:
                node.start, node.end = self.scalar.start, self.scalar.end
            if isinstance(node, Mapping):
                for key, value in node.entries:
                    pending.append(key)
                    pending.append(value)
            elif isinstance(node, Sequence):
                pending.extend(node.children)
