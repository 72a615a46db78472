"""Frames: source lines with the labelled places of a finding marked in them, as rustc draws them.

One frame shows one file. Several labels on one line hang below each other, the rightmost highest; lines
between two shown lines are replaced by ``...``, a single one is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kubelint.finding import Label
from kubelint.report.terminal import Paint, SourceLine, escape, width
from kubelint.source import SourceFile

#: Columns of source that are shown where there is no terminal to ask, and at least.
DEFAULT_COLUMNS, LEAST_COLUMNS = 140, 40
#: Of a longer stretch no more characters than this many times the columns are looked at.
_FAR = 4
#: Columns shown before a stretch that does not fit.
_MARGIN = 8


@dataclass(frozen=True, slots=True)
class _Mark:
    """A label on its line: first column, the column behind the last one, text, and whether it is primary."""

    start: int
    end: int
    text: str
    primary: bool

    @property
    def sign(self) -> str:
        return "^" if self.primary else "-"


@dataclass(frozen=True, slots=True)
class Framer:
    """Draws frames with line numbers ``gutter`` columns wide; ``style`` is that of the primary label."""

    gutter: int
    paint: Paint
    style: str
    width: int | None = None

    @property
    def columns(self) -> int:
        """The columns that are left for source text."""
        return DEFAULT_COLUMNS if self.width is None else max(LEAST_COLUMNS, self.width - self.gutter - 3)

    def bar(self) -> str:
        """Return the empty line of a frame."""
        return " " * (self.gutter + 1) + self.paint("gutter", "|")

    def note(self, kind: str, text: str) -> list[str]:
        """Return a ``= kind: text`` line, wrapped where there is a terminal to wrap it for."""
        head = f"{' ' * (self.gutter + 1)}{self.paint('gutter', '=')} {self.paint('strong', kind)}: "
        indent = self.gutter + 5 + len(kind)
        rows = self._wrapped(escape(text), indent)
        return [head + rows[0], *(" " * indent + row for row in rows[1:])]

    def _wrapped(self, text: str, indent: int) -> list[str]:
        if self.width is None or indent + width(text) <= self.width:
            return [text]
        import textwrap

        room = max(LEAST_COLUMNS, self.width - indent)
        first, *rest = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [text]
        # GitHub's runner obeys a line that begins with ``::command::``, however deep it is indented.
        return [first, *(row.replace("::", "\\x3a:", 1) if row.startswith("::") else row for row in rest)]

    def file(self, source: SourceFile, labels: Sequence[tuple[Label, bool]]) -> Iterator[str]:
        """Yield the lines of one file's frame; the bool says which label is the primary one."""
        by_line: dict[int, list[tuple[Label, bool]]] = defaultdict(list)
        for label, primary in labels:
            by_line[label.span.line].append((label, primary))
        yield self.bar()
        previous = 0
        for number in sorted(by_line):
            if previous and number == previous + 2:
                yield self._source(number - 1, SourceLine.of(self._head(source.lines.line_text(number - 1))))
            elif previous and number > previous + 2:
                yield self.paint("gutter", "...")
            yield from self._line(number, source, by_line[number])
            previous = number

    def _head(self, text: str) -> str:
        return text[: _FAR * self.columns]

    def _source(self, number: int, line: SourceLine, window: tuple[int, int] | None = None) -> str:
        start, end = window or (0, min(line.width, self.columns))
        text = line.cut(start, end)
        margin = self.paint("gutter", f"{number:>{self.gutter}} |")
        return f"{margin} {text}" if text else margin

    def _line(self, number: int, source: SourceFile, labels: Sequence[tuple[Label, bool]]) -> Iterator[str]:
        """Yield a source line and the rows of marks below it."""
        text = source.lines.line_text(number)
        begin = source.lines.starts[number - 1]
        first = min(label.span.start for label, _ in labels) - begin
        # Minified files have lines of megabytes; what is far from the labels is not even looked at.
        reach = _FAR * self.columns
        offset = max(0, first - reach) if len(text) > 2 * reach else 0
        line = SourceLine.of(text[offset : first + 2 * reach])
        marks = [_mark(label, primary, line, begin + offset) for label, primary in labels]
        window = self._window(line, min(mark.start for mark in marks), max(mark.end for mark in marks))
        yield self._source(number, line, window)
        for row in self._rows([_shifted(mark, window[0], self.columns) for mark in marks]):
            yield f"{self.bar()} {row}"

    def _window(self, line: SourceLine, low: int, high: int) -> tuple[int, int]:
        """Return which columns of the line are shown, with those from ``low`` to ``high`` among them."""
        room = self.columns
        if max(line.width, high) <= room:
            return 0, line.width
        if high < room:
            return 0, room
        if high - low <= room - 2:
            start = max(0, min(low - (room - (high - low)) // 2, max(line.width, high) - room))
        else:
            start = max(0, low - _MARGIN)
        return start, start + room

    def _rows(self, marks: list[_Mark]) -> Iterator[str]:
        """Yield the row of underlines with one text behind it, then the rows in which the others hang."""
        inline = self._inline(marks)
        row = self._underline(marks)
        yield f"{row} {self._text(inline)}" if inline is not None else row
        hanging = sorted(
            (mark for mark in marks if mark.text and mark is not inline),
            key=lambda mark: (mark.start, mark.primary),
            reverse=True,
        )
        if hanging:
            yield self._bars(hanging)
        for index, mark in enumerate(hanging):
            left = [other for other in hanging[index + 1 :] if other.start < mark.start]
            bars = self._bars(left)
            reached = max((other.start + 1 for other in left), default=0)
            yield bars + " " * (mark.start - reached) + self._text(mark)

    def _inline(self, marks: Iterable[_Mark]) -> _Mark | None:
        """Return the mark whose text stands behind the underlines: the one that ends last."""
        last = max(marks, key=lambda mark: (mark.end, mark.start, bool(mark.text), mark.primary))
        if not last.text:
            return None
        if self.width is not None:
            room = self.width - self.gutter - 3
            taken = width(last.text)
            if last.end + 1 + taken > room >= last.start + taken:
                return None  # below its underline it fits
        return last

    def _underline(self, marks: Iterable[_Mark]) -> str:
        signs: dict[int, _Mark] = {}
        # Short ones last, so that they can be seen on top of the long ones.
        for mark in sorted(marks, key=lambda mark: (mark.start - mark.end, mark.primary)):
            signs.update(dict.fromkeys(range(mark.start, mark.end), mark))
        row: list[str] = []
        run, style = "", ""
        for column in range(max(signs) + 1):
            mark_here = signs.get(column)
            here = "" if mark_here is None else self._style(mark_here)
            if here != style:
                row.append(self.paint(style, run) if style else run)
                run, style = "", here
            run += " " if mark_here is None else mark_here.sign
        row.append(self.paint(style, run) if style else run)
        return "".join(row)

    def _bars(self, marks: Iterable[_Mark]) -> str:
        row, column = "", 0
        for start, mark in sorted({mark.start: mark for mark in marks}.items()):
            row += " " * (start - column) + self.paint(self._style(mark), "|")
            column = start + 1
        return row

    def _style(self, mark: _Mark) -> str:
        return self.style if mark.primary else "gutter"

    def _text(self, mark: _Mark) -> str:
        return self.paint(self._style(mark), mark.text)


def _mark(label: Label, primary: bool, line: SourceLine, begin: int) -> _Mark:
    """Return where a label stands on its line; of a span of several lines the first is marked."""
    span = label.span.first_line()
    length = len(span.text.rstrip())
    cells = len(line.cells)
    first = span.start - begin
    start = line.column(min(first, cells + 1))
    end = line.column(min(first + length, cells + 1))
    return _Mark(start, max(end, start + 1), escape(label.text), primary)


def _shifted(mark: _Mark, start: int, room: int) -> _Mark:
    """Return the mark in the window that begins at ``start``; what is outside is drawn at its edge."""
    first = max(0, min(mark.start - start, room - 1))
    return _Mark(first, max(first + 1, min(mark.end - start, room)), mark.text, mark.primary)
