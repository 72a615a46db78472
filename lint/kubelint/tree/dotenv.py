"""Environment files to keys and values, as Compose reads them and as kubectl and kustomize read them.

The two are different languages in files of the same look. :func:`read_dotenv` is Compose's: quotes, escapes,
values over several lines, ``export``, comments behind values (source: the ``dotenv`` package of compose-go
v2, and measured with it). :func:`read_env_lines` is that of ``kubectl create configmap --from-env-file`` and
of kustomize's ``envs:``: a line is a key and a value, nothing is unquoted and nothing behind a value is a
comment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.source import BOM, SourceFile, Span
from kubelint.tree.node import Scalar
from kubelint.tree.opaque import is_opaque
from kubelint.tree.problem import Problem, Problems, SyntaxProblem

_SPACE = re.compile(r"\s+")
# Whitespace that ends no line, as compose-go has it.
_BLANK = "\t\v\f\r \x85\xa0"
_BLANKS = re.compile(rf"[{_BLANK}]*")
_EXPORT = re.compile(rf"export(?=[\t\f\r \n])[{_BLANK}]*")
_KEY = re.compile(rf"(?:[{_BLANK}_.\-\[\]]|[^\W_])*+")
_QUOTED = {
    "'": re.compile(r"'((?:[^'\\]++|\\.)*+)'", re.DOTALL),
    '"': re.compile(r'"((?:[^"\\]++|\\.)*+)"', re.DOTALL),
}
_ESCAPE = re.compile(r"\\(?:([abfnrtv\"\\$])|0([0-9]{0,3}))")
_ESCAPED = {
    "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
    '"': '"', "\\": "\\", "$": "$$",
}  # fmt: skip
_OCTAL = re.compile(r"[0-3][0-7]{2}\Z")


class DotenvEntry(NamedTuple):
    """A key and its value; ``value`` is None where there is no ``=``: the caller's environment decides.

    The value's ``text`` is unquoted and unescaped but not interpolated; an escaped ``$`` reads ``$$``, as
    elsewhere in Compose. Its ``style`` is the quote, and between single quotes a ``$`` is no variable.
    """

    key: Scalar
    value: Scalar | None
    exported: bool = False

    @property
    def span(self) -> Span:
        """From the key to the end of the value, its quotes included."""
        return Span(self.key.source, self.key.start, self.key.end if self.value is None else self.value.end)


@dataclass(slots=True)
class Dotenv:
    """The entries in the order of the text, repeated keys included, and what could not be read.

    ``templated`` is true where lines were left out because a template makes them, so more keys may exist.
    """

    source: SourceFile
    entries: list[DotenvEntry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=Problems)
    templated: bool = False

    def get(self, key: str) -> DotenvEntry | None:
        """Return the entry that takes effect for a key, which is the last one; None where there is none."""
        for entry in reversed(self.entries):
            if entry.key.text == key:
                return entry
        return None


def read_dotenv(source: SourceFile) -> Dotenv:
    """Read a file as Compose reads ``.env`` and ``env_file:``; never raises.

    Compose stops at the first mistake; here reading goes on at the next line, so that the keys behind it stay
    known. Only behind a quote that is never closed nothing more is reported, since everything there may
    belong to the value.
    """
    reader = _Reader(source)
    reader.read()
    return reader.result


def read_env_lines(source: SourceFile) -> Dotenv:
    """Read a file as kubectl and kustomize read it; never raises and finds no problem.

    Whitespace before a key is dropped, ``#`` begins a comment only there, and everything behind the first
    ``=`` up to the end of the line is the value. A key is whatever stands before the ``=`` (``export A``
    too): whether it is allowed is up to the one who uses it. Source: ``envs`` of kustomize's generators, as
    measured.
    """
    result = Dotenv(source)
    text = source.text
    position = 1 if text.startswith(BOM) else 0
    while position < len(text):
        newline = text.find("\n", position)
        end = newline if newline >= 0 else len(text)
        line = text[position:end].removesuffix("\r")
        content = line.lstrip()
        start = position + len(line) - len(content)
        if content and content[0] != "#":
            key, equals, value = content.partition("=")
            place = start + len(key) + 1
            result.entries.append(
                DotenvEntry(
                    Scalar(source, start, start + len(key), key),
                    Scalar(source, place, place + len(value), value) if equals else None,
                )
            )
        position = end + 1
    return result


class _Reader:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text
        self.result = Dotenv(source)
        self.position = 1 if source.text.startswith(BOM) else 0
        self.lost = False  # behind a quote that is never closed

    def read(self) -> None:
        text = self.text
        while self.position < len(text):
            space = _SPACE.match(text, self.position)
            if space is not None:
                self.position = space.end()
            elif text[self.position] == "#":
                self.position = self._line_end(self.position)
            else:
                self._entry(self.position)

    def _entry(self, start: int) -> None:
        """Read a key and what belongs to it; behind a quoted value another may follow on the same line."""
        text = self.text
        export = _EXPORT.match(text, start)
        if export is not None:
            start = export.end()
        allowed = _KEY.match(text, start)
        end = allowed.end() if allowed is not None else start
        mark = text[end : end + 1]
        if mark not in ("=", ":", "\n", ""):
            self._bad_key(start, end)
            return
        name = text[start:end].rstrip()
        key = Scalar(self.source, start, start + len(name), name)
        assigned = mark in ("=", ":")
        if " " in name:
            help_text = "remove the space" if assigned else "begin a comment with `#`"
            self._problem("a key cannot contain a space", key.span, help_text)
            self.position = self._line_end(end)
            return
        value = self._value(end + 1) if assigned else None
        if value is None:
            self.position = end
        if name:
            self.result.entries.append(DotenvEntry(key, value, export is not None))
        elif assigned:
            self._problem(f"a key is missing before this `{mark}`", Span(self.source, end, end + 1))
        elif not mark and export is not None:
            self._problem("a key is missing behind `export`", Span(self.source, export.start(), end))

    def _value(self, start: int) -> Scalar:
        text = self.text
        blank = _BLANKS.match(text, start)
        start = start if blank is None else blank.end()
        quote = text[start : start + 1]
        if quote in _QUOTED:
            found = _QUOTED[quote].match(text, start)
            if found is not None:
                self.position = found.end()
                return Scalar(self.source, start, found.end(), _unescape(found.group(1), quote), quote)
        self.position = line_end = self._line_end(start)
        if quote in _QUOTED:
            content = text[start:line_end].rstrip("\r")
            end = start + len(content)
            self._problem(f"this `{quote}` is never closed", Span(self.source, start, end))
            self.lost = True
            return Scalar(self.source, start, end, content[1:], quote)
        content = text[start:line_end].partition(" #")[0].rstrip()
        return Scalar(self.source, start, start + len(content), content)

    def _bad_key(self, start: int, place: int) -> None:
        """Report the character that ends a key although it is no ``=``, and go on at the next line."""
        text = self.text
        self.position = line_end = self._line_end(place)
        if is_opaque(text[start:line_end].partition("=")[0]):
            self.result.templated = True
            return
        character = text[place] if text[place].isprintable() else f"U+{ord(text[place]):04X}"
        related = None
        last = self.result.entries[-1].value if self.result.entries else None
        if last is not None and last.style is not None:
            opening = Span(self.source, last.start, last.start + 1)
            if last.span.end_line == self.source.lines.line(place) != opening.line:
                related = (opening, "a quoted value begins here and ends on that line")
        span = Span(self.source, place, place + 1)
        self._problem(f"unexpected `{character}` in a key", span, None, related)

    def _problem(
        self, message: str, span: Span, help_text: str | None = None, related: tuple[Span, str] | None = None
    ) -> None:
        if not self.lost:
            self.result.problems.append(SyntaxProblem(message, span, related, help_text))

    def _line_end(self, position: int) -> int:
        """Return the offset of the next line feed, or of the end of the text."""
        end = self.text.find("\n", position)
        if end < 0:
            end = len(self.text)
        return end


def _unescape(text: str, quote: str) -> str:
    if "\\" not in text:
        return text
    if quote == "'":
        return re.sub(r"\\(.)", lambda found: "'" if found[1] == "'" else found[0], text, flags=re.DOTALL)
    return _ESCAPE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character, octal = found.groups()
    if character is not None:
        return _ESCAPED[character]
    # The zero is dropped whether or not a character code follows, as compose-go does.
    return chr(int(octal, 8)) if _OCTAL.match(octal) else "\\" + octal
