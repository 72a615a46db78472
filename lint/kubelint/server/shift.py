"""How places of one text become places of a later one: one stretch of it has been replaced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from kubelint.finding import Finding, Fix, Label
from kubelint.source import SourceFile, Span, TextEdit

#: Texts are compared in pieces of this size before single characters are.
_PIECE = 4096


class Shift(NamedTuple):
    """How offsets of the served text become offsets of the buffer: one stretch of it has been replaced."""

    start: int
    end: int
    delta: int

    @classmethod
    def between(cls, old: str, new: str) -> Shift:
        """Return the shift for two texts: what they begin and end with alike stays."""
        return _between(old, new)

    def moved(self, offset: int, *, closing: bool = False) -> int:
        """Return where an offset of the served text is in the buffer.

        What is inserted right at an offset comes before what begins there, and behind what ends there (``closing``).
        """
        if offset < self.start or (closing and offset == self.start):
            return offset
        return offset + self.delta if offset >= self.end else self.start

    def back(self, offset: int) -> int:
        """Return where an offset of the buffer was in the served text."""
        if offset <= self.start:
            return offset
        return offset - self.delta if offset >= self.end + self.delta else self.start


@lru_cache(maxsize=64)
def _between(old: str, new: str) -> Shift:
    shortest = min(len(old), len(new))
    start = 0
    while start < shortest and old[start : start + _PIECE] == new[start : start + _PIECE]:
        start += _PIECE
    start = next((i for i in range(min(start, shortest), shortest) if old[i] != new[i]), shortest)
    most = shortest - start
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    return Shift(start, len(old) - tail, len(new) - len(old))


def moved_span(span: Span, source: SourceFile | None) -> Span:
    """Return a span of some text of a file as one of another text of it; None: the file has no other."""
    if source is None or source.text == span.file.text:
        return span
    shift = Shift.between(span.file.text, source.text)
    start, end = shift.moved(span.start), shift.moved(span.end, closing=True)
    return Span(source, start, max(start, end))


def moved_finding(finding: Finding, source: Callable[[str], SourceFile | None]) -> Finding:
    """Return a finding with all its places in the texts that ``source`` knows, and a fix only where it still fits."""
    others = ((label.span.file, source(label.span.file.path)) for label in finding.labels)
    if all(other is None or other.text == file.text for file, other in others):
        return finding

    def place(span: Span) -> Span:
        return moved_span(span, source(span.file.path))

    fix = finding.fix
    if fix is not None:
        edits = tuple(TextEdit(place(edit.span), edit.text) for edit in fix.edits)
        # An edit of text that is being typed at this moment would hit something else.
        intact = all(now.span.text == old.span.text for now, old in zip(edits, fix.edits, strict=True))
        fix = Fix(fix.title, edits, fix.safety) if intact else None
    return replace(
        finding,
        primary=Label(place(finding.span), finding.primary.text),
        related=tuple(Label(place(label.span), label.text) for label in finding.related),
        fix=fix,
    )
