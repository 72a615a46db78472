"""Where Drone ends a document and a file, which is not where YAML does.

Drone cuts a file by lines before it reads any YAML: a line that begins with ``---`` begins a document, whatever it is
part of, and one that begins with ``...`` ends the file. What stands before the first ``---``, be it a comment or an
empty line, is a document too. Source: ``ParseRaw`` of drone-yaml and of runner-go.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kubelint.source import SourceFile, Span

_MARK = re.compile(r"^(?:---|\.\.\.)[^\r\n]*", re.MULTILINE)


class Chunk(NamedTuple):
    """What Drone reads as one document.

    ``opening`` and ``closing`` are the lines that begin with ``---`` before and behind it; None at the ends of the
    file.
    """

    source: SourceFile
    start: int
    body: int
    end: int
    opening: Span | None
    closing: Span | None

    @property
    def empty(self) -> bool:
        """Whether it holds nothing but blank lines and comments."""
        lines = self.source.text[self.body : self.end].splitlines()
        return not any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def split(source: SourceFile) -> tuple[list[Chunk], Span | None]:
    """Return the documents of a file as Drone cuts it, and the line at which it stops reading."""
    text = source.text
    marks = list(_MARK.finditer(text))
    terminator: Span | None = None
    for number, mark in enumerate(marks):
        if mark.group().startswith("."):
            terminator = source.span(mark.start(), mark.end())
            del marks[number:]
            break
    stop = len(text) if terminator is None else terminator.start
    openings: list[Span | None] = [source.span(mark.start(), mark.end()) for mark in marks]
    if openings and openings[0] is not None and openings[0].start > 0:
        openings.insert(0, None)
    elif not openings:
        openings = [None]
    chunks: list[Chunk] = []
    for opening, closing in zip(openings, [*openings[1:], None], strict=True):
        start = 0 if opening is None else opening.start
        body = 0 if opening is None else opening.end
        chunks.append(Chunk(source, start, body, stop if closing is None else closing.start, opening, closing))
    return chunks, terminator
