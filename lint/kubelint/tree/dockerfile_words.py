r"""Logical lines of a Dockerfile and the words in them, each word with its place in the text.

A logical line is an instruction without its line continuations: ``RUN a \`` and ``b`` on the next line are
one line ``RUN a b``. Words are found in the logical line and mapped back, so that a word behind a
continuation, or even across one, has its exact span. Source: how BuildKit's ``dockerfile/parser`` and
``dockerfile/shell`` cut lines, as measured.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from functools import cache

from kubelint.source import SourceFile, Span
from kubelint.tree.node import Scalar

_BLANK = re.compile(r"[\t\v\f\r ]+")
_PLAIN_WORD = re.compile(r"[^\t\v\f\r ]+")
_FLAG = re.compile(
    r"""(?:[^\s'"\\]++|\\.?|'(?:[^'\\]++|\\.)*+(?:'|\\?\Z)|"(?:[^"\\]++|\\.)*+(?:"|\\?\Z))++""", re.DOTALL
)
_HEREDOC = re.compile(r"([0-9]*)<<(-?)([^<]+)\Z", re.DOTALL)
_JSON_SPACE = re.compile(r"[ \t\r\n]*")


class LogicalLine:
    """The text of one instruction with its continuations removed, and where each part of it comes from."""

    __slots__ = ("places", "source", "starts", "text")

    def __init__(self, source: SourceFile, pieces: list[tuple[int, int]]) -> None:
        """Join pieces of the text, each given by its start and end offset."""
        self.source = source
        self.text = "".join([source.text[start:end] for start, end in pieces])
        self.starts: list[int] = []
        self.places: list[int] = []
        length = 0
        for start, end in pieces:
            self.starts.append(length)
            self.places.append(start)
            length += end - start

    def place(self, index: int) -> int:
        """Return the offset in the source of a character of the logical line."""
        piece = bisect_right(self.starts, index) - 1
        return self.places[piece] + index - self.starts[piece]

    def span(self, start: int, end: int) -> Span:
        """Return the span in the source of ``text[start:end]``, the continuations in between included."""
        if start >= end:
            place = self.place(start)
            return Span(self.source, place, place)
        return Span(self.source, self.place(start), self.place(end - 1) + 1)

    def scalar(self, start: int, end: int, text: str | None = None, style: str | None = None) -> Scalar:
        """Return the scalar that stands at ``text[start:end]``, with that text unless another is given."""
        span = self.span(start, end)
        return Scalar(self.source, span.start, span.end, self.text[start:end] if text is None else text, style)

    def trimmed(self, start: int, end: int) -> tuple[int, int]:
        """Return the bounds of ``text[start:end]`` without the whitespace around it."""
        part = self.text[start:end]
        left = part.lstrip()
        return end - len(left), end - len(part) + len(part.rstrip()) if left else end


def first_word(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the end of the first word of a line, such as the keyword, and where the rest begins."""
    found = _BLANK.search(text, start, end)
    return (end, end) if found is None else (found.start(), found.end())


def plain_words(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the bounds of words between whitespace, whatever quotes there are: FROM, COPY, EXPOSE."""
    return [found.span() for found in _PLAIN_WORD.finditer(text, start, end)]


def quoted_words(text: str, start: int, end: int, escape: str) -> list[tuple[int, int]]:
    """Return the bounds of words in which quotes and escapes keep whitespace together: ENV, LABEL, ARG."""
    return [found.span() for found in _quoted_word(escape).finditer(text, start, end)]


@cache
def _quoted_word(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(
        rf"""(?:
              [^\s'"{mark}]++
            | {mark}(?:.|\Z)
            | '[^']*+(?:'|\Z)
            | "(?:[^"{mark}]++|{mark}.)*+(?:"|{mark}?\Z)
        )++""",
        re.DOTALL | re.VERBOSE,
    )


@cache
def _quoting(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(
        rf"""
              '(?P<single>[^']*+)(?P<single_end>'?)
            | "(?P<double>(?:[^"{mark}]++|{mark}.)*+{mark}?)(?P<double_end>"?)
            | {mark}(?P<escaped>.?)
        """,
        re.DOTALL | re.VERBOSE,
    )


def unquote(raw: str, escape: str) -> tuple[str, str | None, int]:
    r"""Resolve quotes and escapes: the text, the quote if quoted as a whole, and where a quote stays open.

    The last is -1 where all quotes are closed. An escaped ``$`` keeps its escape, because variables are not
    expanded here and ``\$X`` would else look like one.
    """
    if "'" not in raw and '"' not in raw and escape not in raw:
        return raw, None, -1
    style, opened = None, -1

    def resolve(found: re.Match[str]) -> str:
        nonlocal style, opened
        escaped = found["escaped"]
        if escaped is not None:
            return found[0] if escaped == "$" else escaped
        single, double = found["single"], found["double"]
        if not (found["single_end"] if double is None else found["double_end"]):
            opened = found.start()
        elif len(found[0]) == len(raw):
            style = raw[0]
        if double is None:
            return single
        return double if escape not in double else _escape_in_quotes(escape).sub(r"\1", double)

    text = _quoting(escape).sub(resolve, raw)
    return text, style, opened


@cache
def _escape_in_quotes(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(rf'{mark}(["{mark}])')


def flag_words(text: str, start: int, end: int) -> tuple[list[tuple[int, int]], int]:
    """Return the bounds of the ``--flags`` in front of the arguments and where the arguments begin."""
    flags: list[tuple[int, int]] = []
    while True:
        while start < end and text[start].isspace():
            start += 1
        found = _FLAG.match(text, start, end) if text.startswith("--", start, end) else None
        if found is None:
            return flags, start
        if found.end() - found.start() == len("--"):  # the end of the flags, as in any POSIX utility
            return flags, found.end()
        flags.append(found.span())
        start = found.end()


class NotStringsError(ValueError):
    """A JSON array that holds something else than strings; the bounds of the first such item."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__("not a string")
        self.start = start
        self.end = end


def json_strings(text: str, start: int, end: int) -> list[tuple[int, int, str]] | None:
    """Return bounds and text of each string of the JSON array ``text[start:end]``; None where it is none.

    Raises NotStringsError for a JSON array with other items. Anything else in brackets (``RUN [ -f x ]``,
    single quotes) is no JSON, and BuildKit takes it for the shell form.
    """
    if not text.startswith("[", start, end):
        return None
    part = text[start:end]
    strings: list[tuple[int, int, str]] = []
    wrong: tuple[int, int] | None = None
    position = _skip(part, 1)
    try:
        while part[position : position + 1] != "]" or strings or wrong:
            value, behind = _DECODER.raw_decode(part, position)
            if isinstance(value, str):
                strings.append((start + position, start + behind, _no_surrogates(value)))
            elif wrong is None:
                wrong = (start + position, start + behind)
            position = _skip(part, behind)
            if part[position : position + 1] == "]":
                break
            if part[position : position + 1] != ",":
                return None
            position = _skip(part, position + 1)
    except (ValueError, RecursionError):
        return None
    if _skip(part, position + 1) != len(part):
        return None
    if wrong is not None:
        raise NotStringsError(*wrong)
    return strings


def _no_constant(name: str) -> object:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _skip(text: str, position: int) -> int:
    found = _JSON_SPACE.match(text, position)
    return position if found is None else found.end()


def _no_surrogates(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class HeredocWord:
    """``<<EOF`` in a line: its bounds there, the delimiter, and how the body is to be read."""

    __slots__ = ("delimiter", "descriptor", "end", "expand", "start", "strip_tabs")

    def __init__(self, start: int, end: int, found: re.Match[str], delimiter: str) -> None:
        self.start = start
        self.end = end
        self.descriptor = int(found[1][:9] or "0")
        self.strip_tabs = found[2] == "-"
        self.expand = "'" not in found[3] and '"' not in found[3]
        self.delimiter = delimiter


def heredoc_words(text: str, start: int, end: int) -> list[HeredocWord]:
    """Return the heredocs that a line opens; none where a quote of the line stays open, as in BuildKit.

    Quotes are the shell's here, so a backslash escapes whatever the escape directive says.
    """
    if text.find("<<", start, end) < 0:
        return []
    heredocs: list[HeredocWord] = []
    for first, last in quoted_words(text, start, end, "\\"):
        word = text[first:last]
        if unquote(word, "\\")[2] >= 0:
            return []
        found = _HEREDOC.match(word)
        if found is not None:
            delimiter = unquote(found[3], "\\")[0]
            if delimiter:
                heredocs.append(HeredocWord(first, last, found, delimiter))
    return heredocs
