"""Command lines as a shell cuts them: simple commands and their words, each word with its place.

Nothing is expanded or run. Quotes, escapes, comments, continued lines and the operators between commands are
understood; what is decided at run time (``$NAME``, ``$(…)``) stays in a word as it is written.
Source: POSIX, "Shell Command Language", sections "Quoting" and "Token Recognition".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kubelint.tree.node import Scalar

_BLANK = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_OPERATOR = re.compile(r"&&|\|\||;;|[;&|\n(){}](?=\s|\Z|[^\w])|[;&|\n()]")
_REDIRECTION = re.compile(r"\d*(?:>>|>&|>\||<<-?|<&|<>|>|<|&>)")
_WORD_END = frozenset(" \t\r\n;&|()<>")


@dataclass(frozen=True, slots=True, eq=False)
class Command:
    """One simple command: its words without assignments before it and without redirections."""

    words: tuple[Scalar, ...]

    @property
    def name(self) -> str:
        """The program, without its folder."""
        return self.words[0].text.rpartition("/")[2]


def commands(text: Scalar) -> list[Command]:
    """Return the simple commands of a script in their order; never raises, and linear in its length."""
    return _Reader(text).read()


class _Reader:
    def __init__(self, node: Scalar) -> None:
        self.node = node
        self.text = node.text
        self.position = 0
        self.words: list[Scalar] = []
        self.found: list[Command] = []

    def read(self) -> list[Command]:
        """Read all of it."""
        text = self.text
        while self.position < len(text):
            blank = _BLANK.match(text, self.position)
            if blank is not None:
                self.position = blank.end()
                continue
            if text[self.position] == "#":
                end = text.find("\n", self.position)
                self.position = len(text) if end < 0 else end
                continue
            redirection = _REDIRECTION.match(text, self.position)
            if redirection is not None:
                self.position = redirection.end()
                self._skip_blank()
                if self.position < len(text) and text[self.position] not in _WORD_END:
                    self._word()
                continue
            operator = _OPERATOR.match(text, self.position)
            if operator is not None:
                self.position = operator.end()
                self._finish()
                continue
            word = self._word()
            if self.words or "=" not in word.text or not word.text.partition("=")[0].isidentifier():
                self.words.append(word)
        self._finish()
        return self.found

    def _skip_blank(self) -> None:
        blank = _BLANK.match(self.text, self.position)
        if blank is not None:
            self.position = blank.end()

    def _finish(self) -> None:
        while self.words and self.words[0].text in _PREFIXES:
            del self.words[0]
        if self.words:
            self.found.append(Command(tuple(self.words)))
        self.words = []

    def _word(self) -> Scalar:
        text, start = self.text, self.position
        plain: list[str] = []
        position = start
        while position < len(text) and text[position] not in _WORD_END:
            character = text[position]
            if character == "\\":
                plain.append(text[position + 1 : position + 2] if text[position + 1 : position + 2] != "\n" else "")
                position += 2
            elif character == "'":
                end = text.find("'", position + 1)
                end = len(text) if end < 0 else end
                plain.append(text[position + 1 : end])
                position = end + 1
            elif character == '"':
                position = self._double(position, plain)
            elif character == "$" and text[position + 1 : position + 2] in ("(", "{"):
                end = self._nested(position + 1)
                plain.append(text[position:end])
                position = end
            else:
                plain.append(character)
                position += 1
        self.position = min(max(position, start + 1), len(text))
        return self._scalar(start, self.position, "".join(plain))

    def _double(self, position: int, plain: list[str]) -> int:
        text = self.text
        position += 1
        while position < len(text) and text[position] != '"':
            if text[position] == "\\" and text[position + 1 : position + 2] in ('"', "\\", "$", "`"):
                position += 1
            plain.append(text[position : position + 1])
            position += 1
        return position + 1

    def _nested(self, position: int) -> int:
        """Return the end of ``(…)`` or ``{…}`` at a position."""
        opening = self.text[position]
        closing = ")" if opening == "(" else "}"
        depth = 0
        while position < len(self.text):
            character = self.text[position]
            depth += (character == opening) - (character == closing)
            position += 1
            if depth == 0:
                return position
        return position

    def _scalar(self, start: int, end: int, text: str) -> Scalar:
        span = self.node.part(start, end)
        if text != span.text and span.text == self.text[start:end] and span.text[1:-1] == text and len(text) > 0:
            return Scalar(span.file, span.start + 1, span.end - 1, text, "")  # quotes around the whole word
        return Scalar(span.file, span.start, span.end, text, "")


#: Words that only say how the command behind them is run.
_PREFIXES = frozenset({"sudo", "exec", "time", "if", "then", "else", "elif", "do", "while", "until", "!", "{", "}"})
