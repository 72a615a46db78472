r"""nginx configuration to directives, each word with its place.

Source: "Beginner's Guide", section "Configuration File's Structure", and ``ngx_conf_read_token`` of nginx, which cuts
words: blanks, ``;`` and ``{`` end them, ``}`` closes a block where a word would begin, quotes count at their beginning
only, ``\\`` keeps the next character and ``${`` opens a variable, not a block.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from kubelint.source import SourceFile, Span
from kubelint.tree.node import Scalar
from kubelint.tree.problem import BoundExceeded, Problem, Problems, SyntaxProblem

#: Blocks inside blocks that nobody writes.
MAX_DEPTH = 50

_BLANKS = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)+")
_PLAIN = re.compile(r"(?:\$\{[^\s;{}]*\}?|\\.|[^\s;{\\$]|\$(?!\{))+", re.DOTALL)
_BRACES = re.compile(r"[{}]")


@dataclass(slots=True, eq=False)
class Directive:
    """A name, its arguments, and for a block the directives in it.

    ``start`` and ``end`` reach from the name to the ``;`` or the closing brace. ``raw`` marks a block of another
    language (``content_by_lua_block``), which is not read.
    """

    name: Scalar
    arguments: list[Scalar]
    parent: Directive | None
    block: list[Directive] | None = None
    raw: bool = False
    end: int = 0

    @property
    def span(self) -> Span:
        """From the name to the last argument."""
        last = self.arguments[-1] if self.arguments else self.name
        return Span(self.name.source, self.name.start, last.end)

    def argument(self, number: int) -> Scalar | None:
        """Return an argument by its position; None where there are fewer."""
        return self.arguments[number] if number < len(self.arguments) else None

    def named(self, *names: str) -> Iterator[Directive]:
        """Yield the directives directly in the block that have one of these names."""
        return (child for child in self.block or () if child.name.text in names)

    def walk(self) -> Iterator[Directive]:
        """Yield this directive and all in its block, in the order of the text."""
        pending = [self]
        while pending:
            directive = pending.pop()
            yield directive
            pending.extend(reversed(directive.block or ()))

    def __repr__(self) -> str:
        return f"Directive({self.name.text} at {self.span})"


@dataclass(slots=True)
class NginxFile:
    """The directives at the top of a file, and what could not be read."""

    source: SourceFile
    directives: list[Directive] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=Problems)

    def walk(self) -> Iterator[Directive]:
        """Yield all directives in the order of the text."""
        for directive in self.directives:
            yield from directive.walk()


def read_nginx(source: SourceFile) -> NginxFile:
    """Read a configuration file; never raises: what nginx would refuse to parse is a problem."""
    reader = _Reader(source)
    reader.read()
    return reader.result


class _Reader:
    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.text = source.text
        self.position = 0
        self.result = NginxFile(source)
        self.open: list[Directive] = []

    def read(self) -> None:
        """Read the whole text in one pass."""
        words: list[Scalar] = []
        while True:
            blank = _BLANKS.match(self.text, self.position)
            if blank is not None:
                self.position = blank.end()
            if self.position >= len(self.text):
                break
            character = self.text[self.position]
            if character == ";":
                self._end(words)
            elif character == "{":
                if len(self.open) >= MAX_DEPTH:
                    span = Span(self.source, self.position, self.position + 1)
                    self.result.problems.append(BoundExceeded("blocks lie too deep; the rest is not read", span))
                    return
                self._open(words)
            elif character == "}":
                self._close(words)
            else:
                word = self._word(character)
                if word is None:
                    return
                words.append(word)
                continue
            words = []
        if words:
            self._missing_semicolon(words)
        for directive in self.open:
            self._problem(
                f"the block `{directive.name.text}` is not closed", directive.name.span, "add a `}` behind it"
            )

    def _word(self, character: str) -> Scalar | None:
        start = self.position
        if character in "\"'":
            end = start + 1
            while end < len(self.text) and self.text[end] != character:
                end += 2 if self.text[end] == "\\" else 1
            if end >= len(self.text):
                line = Span(self.source, start, len(self.text)).first_line()
                self._problem(f"this `{character}` is not closed", line)
                return None
            self.position = end + 1
            text = self.text[start + 1 : end]
            if "\\" in text:
                text = text.replace(f"\\{character}", character)
            return Scalar(self.source, start, end + 1, text, character)
        found = _PLAIN.match(self.text, start)
        # A lone backslash at the end of the text matches nothing.
        self.position = found.end() if found is not None else start + 1
        return Scalar(self.source, start, self.position, self.text[start : self.position])

    def _add(self, words: list[Scalar], end: int) -> Directive:
        parent = self.open[-1] if self.open else None
        directive = Directive(words[0], words[1:], parent, end=end)
        (self.result.directives if parent is None or parent.block is None else parent.block).append(directive)
        return directive

    def _end(self, words: list[Scalar]) -> None:
        self.position += 1
        if words:
            self._check_lines(words)
            self._add(words, self.position)
        else:
            self._problem("nothing stands before this `;`", Span(self.source, self.position - 1, self.position))

    def _check_lines(self, words: list[Scalar]) -> None:
        """Report a line that swallowed the next one, whose first word is a directive that stands alone."""
        lines = self.source.lines
        if len(words) < 3 or lines.line(words[0].start) == lines.line(words[-1].start):
            return
        from kubelint_schemas import nginx as pack

        known = pack.directives()
        if words[0].text not in known:
            return
        for before, word in pairwise(words[1:]):
            apart = lines.line(before.end) < lines.line(word.start)
            if apart and word.text in known and word.style is None and not _takes_lists(words[0].text):
                after = Span(self.source, before.end - 1, before.end)
                message = f"a `;` is missing behind `{before.text}`"
                help_text = f"end the line with `;`, so that `{word.text}` is a directive of its own"
                self.result.problems.append(
                    SyntaxProblem(
                        message, after, (word.span, f"so this is read as an argument of `{words[0].text}`"), help_text
                    )
                )
                return

    def _open(self, words: list[Scalar]) -> None:
        self.position += 1
        if not words:
            self._problem("nothing says what this block is", Span(self.source, self.position - 1, self.position))
            words = [Scalar(self.source, self.position - 1, self.position, "")]
        directive = self._add(words, self.position)
        directive.block = []
        if words[0].text.endswith("_by_lua_block"):
            directive.raw = True
            self._skip(directive)
        else:
            self.open.append(directive)

    def _skip(self, directive: Directive) -> None:
        depth = 1
        for brace in _BRACES.finditer(self.text, self.position):
            depth += 1 if brace[0] == "{" else -1
            if depth == 0:
                self.position = directive.end = brace.end()
                return
        self.position = len(self.text)
        self._problem(f"the block `{directive.name.text}` is not closed", directive.name.span)

    def _close(self, words: list[Scalar]) -> None:
        if words:
            self._missing_semicolon(words)
        self.position += 1
        if self.open:
            self.open.pop().end = self.position
        else:
            span = Span(self.source, self.position - 1, self.position)
            self._problem("this `}` closes nothing", span, "remove it, or add the block that it ends")

    def _missing_semicolon(self, words: list[Scalar]) -> None:
        last = words[-1]
        self._problem(f"a `;` is missing behind `{last.text}`", Span(self.source, last.start, last.end), "add a `;`")
        self._add(words, last.end)

    def _problem(self, message: str, span: Span, help_text: str | None = None) -> None:
        self.result.problems.append(SyntaxProblem(message, span, None, help_text))


def _takes_lists(name: str) -> bool:
    """Tell whether people break the arguments of a directive over lines, and whose arguments may be any words."""
    return (
        name in ("log_format", "if", "add_header", "set", "return", "map", "server_name", "rewrite") or "_param" in name
    )
