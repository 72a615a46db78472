"""One instruction of a Dockerfile: keyword, flags and arguments, each with its place.

Source: the Dockerfile reference and BuildKit's ``dockerfile/parser`` and ``dockerfile/instructions``, as
measured.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.source import Span
from kubelint.suggest import did_you_mean, nearest
from kubelint.tree.dockerfile_words import (
    LogicalLine,
    NotStringsError,
    first_word,
    flag_words,
    json_strings,
    plain_words,
    quoted_words,
    unquote,
)
from kubelint.tree.node import Scalar
from kubelint.tree.opaque import literal_prefix
from kubelint.tree.problem import Problem, SyntaxProblem

INSTRUCTIONS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"}
    | {"LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)
HEREDOC_INSTRUCTIONS = frozenset({"ADD", "COPY", "RUN"})

_SHELL_FORM = frozenset({"CMD", "ENTRYPOINT", "RUN", "SHELL"})
_WORD_FORM = frozenset({"ADD", "COPY", "EXPOSE", "FROM", "VOLUME"})
_LINE_FORM = frozenset({"MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"})
_PAIR_FORM = frozenset({"ARG", "ENV", "LABEL"})
_EXEC_FORM = _SHELL_FORM | {"ADD", "COPY", "VOLUME"}
_WITHOUT_ARGUMENTS = frozenset({"CMD", "ENTRYPOINT", "RUN"})
_NEVER_ON_BUILD = frozenset({"FROM", "MAINTAINER", "ONBUILD"})

#: How much of a word that is no instruction a headline shows.
_SHOWN = 24
_FROM_AS = 3  # FROM image AS name

_TEMPLATE = re.compile(r"\{\{|\{%|<%")
_STAGE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]*\Z")
_OPTION = re.compile(r'(?:"[^"]*+(?:"|\Z)|[^,"]++)++')


class Flag(NamedTuple):
    """``--name=value`` in front of the arguments; ``value`` is None without ``=``.

    ``options`` are the parts of a ``--mount``: its keys and values, None for a key without ``=``.
    """

    name: Scalar
    value: Scalar | None
    options: tuple[tuple[Scalar, Scalar | None], ...] = ()

    @property
    def span(self) -> Span:
        """From the dashes to the end of the value."""
        last = self.name if self.value is None else self.value
        return Span(self.name.source, self.name.start - len("--"), last.end)

    def option(self, *names: str) -> Scalar | None:
        """Return the value of the first option with one of these names (``target``, ``dst``), or None."""
        for key, value in self.options:
            if key.text.lower() in names:
                return value
        return None


class Heredoc(NamedTuple):
    """``<<EOF`` and its body.

    ``marker`` is the word in the instruction, ``delimiter`` the bare ``EOF``. ``expand`` tells whether
    variables count (the delimiter has no quotes), ``strip_tabs`` is ``<<-``. ``body.text`` is without the
    tabs that ``<<-`` drops; ``terminator`` is None where the text ends before it.
    """

    marker: Scalar
    delimiter: str
    expand: bool
    strip_tabs: bool
    descriptor: int
    body: Scalar
    terminator: Span | None


class Instruction:
    """One instruction.

    ``name`` is the keyword in capitals; ``rest`` what follows keyword and flags, continuations joined, None
    where there is nothing; ``exec_form`` tells that it is a JSON array. ``pairs`` are the keys and values of
    ENV, LABEL and ARG, a value being None where none is given; ``legacy`` marks ``ENV key value``. ``nested``
    is what ONBUILD triggers or the CMD of a HEALTHCHECK. ``empty_continuations`` are blank lines inside,
    which Docker deprecates. The heredocs of ``ONBUILD RUN`` belong to the RUN. ``line`` is the logical line,
    of which ``bounds`` is the part that ``rest`` is, and ``escape`` its escape character.
    """

    __slots__ = (
        "_arguments",
        "bounds",
        "empty_continuations",
        "end",
        "escape",
        "exec_form",
        "flags",
        "heredocs",
        "keyword",
        "legacy",
        "line",
        "name",
        "nested",
        "pairs",
        "rest",
        "start",
    )

    def __init__(self, line: LogicalLine, keyword: Scalar, bounds: tuple[int, int], escape: str) -> None:
        self.line = line
        self.bounds = bounds
        self.escape = escape
        self._arguments: list[Scalar] | None = None
        self.keyword = keyword
        self.name = keyword.text.upper()
        self.rest = line.scalar(*bounds) if bounds[0] < bounds[1] else None
        self.start = keyword.start
        self.end = keyword.end if self.rest is None else self.rest.end
        self.flags: list[Flag] = []
        self.exec_form = False
        self.legacy = False
        self.pairs: list[tuple[Scalar, Scalar | None]] = []
        self.nested: Instruction | None = None
        self.heredocs: list[Heredoc] = []
        self.empty_continuations: list[Span] = []

    @property
    def span(self) -> Span:
        """From the keyword to the end of the arguments, or of the last heredoc."""
        return Span(self.keyword.source, self.start, self.end)

    @property
    def arguments(self) -> list[Scalar]:
        """The arguments without quotes and escapes: words, or the strings of the exec form.

        USER, WORKDIR, STOPSIGNAL and MAINTAINER have one, the whole line; ONBUILD and HEALTHCHECK CMD have
        none but a ``nested`` instruction. Words of the shell form are cut as a shell would, operators being
        words like others.
        """
        arguments = self._arguments
        if arguments is None:
            arguments = self._arguments = []
            if not self.exec_form and self.name in _SHELL_FORM | _PAIR_FORM:
                for start, end in quoted_words(self.line.text, *self.bounds, self.escape):
                    text, style, _ = unquote(self.line.text[start:end], self.escape)
                    arguments.append(self.line.scalar(start, end, text, style))
        return arguments

    @arguments.setter
    def arguments(self, arguments: list[Scalar]) -> None:
        self._arguments = arguments

    def flag(self, name: str) -> Flag | None:
        """Return the first flag of that name; None where there is none."""
        for flag in self.flags:
            if flag.name.text == name:
                return flag
        return None

    def part(self, start: int, end: int) -> Span:
        """Return the span of ``rest.text[start:end]``, exact behind and across line continuations, too."""
        first = self.bounds[0]
        return self.line.span(first + start, first + end)

    def __repr__(self) -> str:
        return f"Instruction({self.name} at {self.span})"


class InstructionReader:
    """Reads logical lines into instructions; what Docker refuses in them goes to ``problems``.

    ``foreign`` tells that a ``syntax`` directive names another frontend, which may have more instructions.
    """

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.escape = "\\"
        self.foreign = False

    def read(self, line: LogicalLine) -> Instruction | None:
        """Return the instruction of a line; None for a blank one."""
        before = len(self.problems)
        instruction = self._read(line, 0, len(line.text))
        if instruction is not None and instruction.name in INSTRUCTIONS and _TEMPLATE.search(line.text):
            # A template writes the arguments, so what Docker will read is not known yet.
            del self.problems[before:]
        return instruction

    def _read(self, line: LogicalLine, start: int, end: int, outer: str = "") -> Instruction | None:
        start, end = line.trimmed(start, end)
        if start == end:
            return None
        stop, behind = first_word(line.text, start, end)
        words: list[tuple[int, int]] = []
        if outer != "HEALTHCHECK":  # whose flags stand before its CMD
            words, behind = flag_words(line.text, behind, end)
        instruction = Instruction(line, line.scalar(start, stop), line.trimmed(behind, end), self.escape)
        instruction.flags = [self._flag(line, *word) for word in words]
        if instruction.rest is None and instruction.flags:
            instruction.end = instruction.flags[-1].span.end
        if outer == "ONBUILD" and instruction.name in _NEVER_ON_BUILD:
            self._problem(f"`{instruction.name}` cannot stand behind `ONBUILD`", instruction.keyword.span)
        else:
            self._arguments(instruction, line)
        return instruction

    def _arguments(self, instruction: Instruction, line: LogicalLine) -> None:
        name, bounds = instruction.name, instruction.bounds
        if name not in INSTRUCTIONS:
            self._unknown(instruction.keyword)
        elif instruction.rest is None:
            if name not in _WITHOUT_ARGUMENTS:
                self._problem(f"`{name}` has no arguments", instruction.keyword.span)
        elif name in _EXEC_FORM and self._json(instruction, line):
            pass
        elif name in _WORD_FORM:
            instruction.arguments = [
                self._word(line, *word, bare=name == "FROM" and number > 0)
                for number, word in enumerate(plain_words(line.text, *bounds))
            ]
            self._count(instruction)
        elif name in _LINE_FORM:
            instruction.arguments = [self._word(line, *bounds, bare=name == "MAINTAINER")]
        elif name in _PAIR_FORM:
            self._pairs(instruction, line)
        elif name == "SHELL":
            help_text = 'write `SHELL ["/bin/sh", "-c"]`'
            self._problem("`SHELL` takes a JSON array", instruction.rest.span, help_text)
        elif name == "ONBUILD":
            instruction.nested = self._read(line, *bounds, outer=name)
        elif name == "HEALTHCHECK":
            self._health_check(instruction, line)

    def _unknown(self, keyword: Scalar) -> None:
        if not literal_prefix(keyword.text):  # a placeholder for whatever a template puts here
            return
        near = nearest(keyword.text.upper(), INSTRUCTIONS)
        if near or not self.foreign:
            help_text = did_you_mean(near) or "end the line above with a backslash if this belongs to it"
            shown = keyword.text if len(keyword.text) <= _SHOWN else f"{keyword.text[:_SHOWN]}…"
            self._problem(f"`{shown}` is no instruction", keyword.span, help_text)

    def _problem(self, message: str, span: Span, help_text: str | None = None) -> None:
        self.problems.append(SyntaxProblem(message, span, None, help_text))

    def _word(self, line: LogicalLine, start: int, end: int, *, bare: bool = False) -> Scalar:
        """Return an argument that Docker unquotes, unless ``bare``, and report a quote that stays open."""
        if bare:
            return line.scalar(start, end)
        raw = line.text[start:end]
        text, style, opened = unquote(raw, self.escape)
        if opened >= 0:
            self._problem(f"this `{raw[opened]}` is not closed", line.span(start + opened, end))
        return line.scalar(start, end, text, style)

    def _flag(self, line: LogicalLine, start: int, end: int) -> Flag:
        start += len("--")
        equals = line.text.find("=", start, end)
        if equals < 0:
            return Flag(line.scalar(start, end), None)
        name = line.scalar(start, equals)
        text, style, _ = unquote(line.text[equals + 1 : end], "\\")
        value = line.scalar(equals + 1, end, text, style)
        if name.text != "mount":
            return Flag(name, value)
        first, last = (equals + 2, end - 1) if style else (equals + 1, end)
        return Flag(name, value, tuple(self._options(line, first, last)))

    @staticmethod
    def _options(line: LogicalLine, start: int, end: int) -> Iterator[tuple[Scalar, Scalar | None]]:
        """Yield the fields of a ``--mount``, which are comma-separated values: ``type=bind,"source=a,b"``."""
        for found in _OPTION.finditer(line.text, start, end):
            first, last = found.span()
            if last - first > 1 and line.text[first] == line.text[last - 1] == '"':
                first, last = first + 1, last - 1
            equals = line.text.find("=", first, last)
            if equals < 0:
                yield line.scalar(first, last), None
            else:
                yield line.scalar(first, equals), line.scalar(equals + 1, last)

    def _json(self, instruction: Instruction, line: LogicalLine) -> bool:
        """Read the exec form; tell whether it is one, as also a JSON array of other things is."""
        instruction.exec_form = True
        try:
            strings = json_strings(line.text, *instruction.bounds)
        except NotStringsError as error:
            span = line.span(error.start, error.end)
            self._problem("an exec form holds strings only", span, "put it in double quotes")
            return True
        instruction.exec_form = strings is not None
        if strings is None:
            return False
        instruction.arguments = [line.scalar(start, end, text, '"') for start, end, text in strings]
        self._count(instruction)
        return True

    def _count(self, instruction: Instruction) -> None:
        name, arguments = instruction.name, instruction.arguments
        if name == "FROM":
            self._from(arguments)
        elif name in ("ADD", "COPY") and len(arguments) == 1:
            self._problem(f"`{name}` has a source but no destination", arguments[0].span)
        elif not arguments and name not in _WITHOUT_ARGUMENTS and instruction.rest is not None:
            self._problem(f"`{name}` has no arguments", instruction.rest.span)

    def _from(self, words: list[Scalar]) -> None:
        if len(words) < 2:
            return
        is_as = words[1].text.lower() == "as"
        if not is_as or len(words) > _FROM_AS:
            wrong = words[_FROM_AS] if is_as else words[1]
            comment = "a comment needs a line of its own" if wrong.text.startswith("#") else None
            self._problem("expected `FROM image` or `FROM image AS name`", wrong.span, comment)
        elif len(words) < _FROM_AS:
            self._problem(f"a stage name is missing behind `{words[1].text}`", words[1].span)
        elif _STAGE_NAME.match(words[2].text) is None:
            help_text = "begin with a letter and use only letters, digits, `-`, `_` and `.`"
            self._problem(f"`{words[2].text}` cannot be the name of a stage", words[2].span, help_text)

    def _pairs(self, instruction: Instruction, line: LogicalLine) -> None:
        """Read the keys and values of ENV, LABEL and ARG."""
        start, end = instruction.bounds
        text = line.text
        words = quoted_words(text, start, end, self.escape)
        if instruction.name != "ARG" and "=" not in text[words[0][0] : words[0][1]]:
            stop, behind = first_word(text, start, end)
            key = self._word(line, start, stop)
            instruction.legacy = True
            instruction.pairs = [(key, self._word(line, behind, end) if behind < end else None)]
            if behind == end:
                self._problem(f"`{instruction.name} {key.text}` has no value", key.span)
            return
        for first, last in words:
            equals = text.find("=", first, last)
            if equals < 0:
                if instruction.name == "ARG":
                    instruction.pairs.append((self._word(line, first, last), None))
                else:
                    help_text = "put a value that holds spaces in quotes"
                    self._problem("expected `key=value`", line.span(first, last), help_text)
            elif equals == first:
                self._problem("a key is missing before this `=`", line.span(first, first + 1))
            else:
                value = self._word(line, equals + 1, last)
                instruction.pairs.append((self._word(line, first, equals), value))

    def _health_check(self, instruction: Instruction, line: LogicalLine) -> None:
        start, end = instruction.bounds
        kind = line.scalar(start, first_word(line.text, start, end)[0])
        name = kind.text.upper()
        if name == "CMD":
            nested = instruction.nested = self._read(line, start, end, outer=instruction.name)
            if nested is not None and not nested.arguments:
                self._problem("`HEALTHCHECK CMD` has no command", kind.span)
        elif name == "NONE":
            instruction.arguments = [kind]
            first, last = line.trimmed(start + len(kind.text), end)
            if first < last:
                self._problem("`HEALTHCHECK NONE` takes no arguments", line.span(first, last))
        else:
            help_text = did_you_mean(nearest(name, ("CMD", "NONE"))) or "write `CMD` before the command"
            self._problem("`HEALTHCHECK` is followed by `CMD` or `NONE`", kind.span, help_text)
