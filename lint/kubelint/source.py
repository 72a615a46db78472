"""Text with positions: source files, spans in them and edits of them (floor 0).

Offsets are code points into :attr:`SourceFile.text`; line and column are worked out only when somebody asks,
because almost no node is ever printed.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

BOM = "\ufeff"


class LineIndex:
    """Turns offsets of one text into lines and columns, both counted from 1."""

    __slots__ = ("starts", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        starts = [0]
        position = 0
        # ``\r\n``, ``\n`` and a lone ``\r`` end a line, as in YAML and in every editor that people use for it.
        if "\r" in text:
            length = len(text)
            while position < length:
                character = text[position]
                position += 1
                if character == "\n" or (character == "\r" and text[position : position + 1] != "\n"):
                    starts.append(position)
        else:
            position = text.find("\n")
            while position >= 0:
                starts.append(position + 1)
                position = text.find("\n", position + 1)
        self.starts = starts

    def line(self, offset: int) -> int:
        """Return the line, from 1, that the offset is on."""
        return bisect_right(self.starts, offset)

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, in code points."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def utf16_column(self, offset: int) -> int:
        """Return the column, from 1, in UTF-16 code units, as SARIF and language clients count."""
        line = bisect_right(self.starts, offset)
        prefix = self.text[self.starts[line - 1] : offset]
        return len(prefix) + sum(1 for character in prefix if character > "\uffff") + 1

    def bounds(self, line: int) -> tuple[int, int]:
        """Return start and end offset of a line from 1, its line end left out."""
        start = self.starts[line - 1]
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def line_text(self, line: int) -> str:
        """Return the text of a line from 1, its line end left out."""
        start, end = self.bounds(line)
        return self.text[start:end]

    def __len__(self) -> int:
        return len(self.starts)


class SourceFile:
    """One file of the repository: its path relative to the root (POSIX form) and its text without BOM.

    ``marked`` says whether the file begins with a BOM: most readers pass over it, some do not.
    """

    __slots__ = ("_lines", "marked", "path", "text")

    def __init__(self, path: str, text: str, *, marked: bool = False) -> None:
        self.path = path
        self.text = text
        self.marked = marked
        self._lines: LineIndex | None = None

    @property
    def lines(self) -> LineIndex:
        """The line index, made when first asked for."""
        if self._lines is None:
            self._lines = LineIndex(self.text)
        return self._lines

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def directory(self) -> str:
        """The path of the folder, empty for the root."""
        return self.path.rpartition("/")[0]

    def span(self, start: int, end: int) -> Span:
        """Return the span between two offsets of this file."""
        return Span(self, start, end)

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r})"


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """A stretch of one file, from ``start`` up to but not including ``end``."""

    file: SourceFile
    start: int
    end: int

    @property
    def line(self) -> int:
        """First line, from 1."""
        return self.file.lines.line(self.start)

    @property
    def column(self) -> int:
        """First column, from 1, in code points."""
        return self.file.lines.position(self.start)[1]

    @property
    def end_line(self) -> int:
        """Line of the end, from 1."""
        return self.file.lines.line(self.end)

    @property
    def end_column(self) -> int:
        """Column behind the last character, from 1, in code points."""
        return self.file.lines.position(self.end)[1]

    @property
    def text(self) -> str:
        """The text between start and end."""
        return self.file.text[self.start : self.end]

    @property
    def key(self) -> tuple[str, int, int]:
        """Path, start and end: what two spans are compared and sorted by."""
        return self.file.path, self.start, self.end

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Span) and self.key == other.key

    def __lt__(self, other: Span) -> bool:
        return self.key < other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __str__(self) -> str:
        return f"{self.file.path}:{self.line}:{self.column}"

    def contains(self, other: Span) -> bool:
        """Tell whether the other span lies wholly inside this one."""
        return self.file.path == other.file.path and self.start <= other.start and other.end <= self.end

    def first_line(self) -> Span:
        """Return the part of this span that lies on its first line."""
        return Span(self.file, self.start, max(self.start, min(self.end, self.file.lines.bounds(self.line)[1])))


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Replace the text of a span. Whatever line ends ``text`` is written with, it gets those of the file."""

    span: Span
    text: str

    def __post_init__(self) -> None:
        if "\n" in self.text and "\r\n" in self.span.file.text:
            object.__setattr__(self, "text", self.text.replace("\r\n", "\n").replace("\n", "\r\n"))
