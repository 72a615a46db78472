"""INI text to sections and lines, cut as Ansible's inventory reader cuts them.

Nothing is interpreted here: whether a line is a host, a child group or a variable depends on the section that
it stands in, and how a value is typed on the reader. :func:`host_tokens` and :func:`variable` cut a host
line, :func:`assignment` cuts a ``key = value`` line; they are asked for line by line, so a file whose lines
nobody looks at costs one pass.

Source of the claims: ``ansible.builtin.ini`` of ansible-core 2.18, as measured; for other files
``configparser``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.source import SourceFile, Span
from kubelint.tree.node import Scalar
from kubelint.tree.problem import Problem, Problems, SyntaxProblem

_COMMENT_MARKS = ("#", ";")
_VAULT = "$ANSIBLE_VAULT;"

_INVENTORY_HEADER = re.compile(r"\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?\Z")
_PLAIN_HEADER = re.compile(r"\[([^\]]+)\]\s*(?:[#;].*)?\Z")
# A header of an inventory with something behind it that is no comment. ``[1:3].example.com`` and ``[::1]:22``
# are hosts, and so may be ``[1:3] ansible_port=22``.
_HEADER_AND_MORE = re.compile(r"\[([^:\]\s]+)(?::(children|vars|hosts))?\]\s+(?=\S)")

_TOKEN = re.compile(r"[^ \t\r\n]+")
_TOKEN_SPACE = frozenset(" \t\r\n")
_NEEDS_CARE = re.compile(r"[\"'\\#]")


class IniLine(NamedTuple):
    """One line that is neither blank nor a comment nor a header, without the whitespace around it."""

    source: SourceFile
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where the line stands."""
        return Span(self.source, self.start, self.end)

    @property
    def text(self) -> str:
        """The line as it is written, inline comments included."""
        return self.source.text[self.start : self.end]


@dataclass(slots=True)
class IniSection:
    """A header and its lines; ``header`` is None for the lines that stand before the first header.

    ``header`` is the name (``kube_node`` of ``[kube_node:vars]``), ``suffix`` the part behind the colon,
    whatever it is. ``broken`` marks a header that was reported: Ansible stops there, so what follows is
    unknown, not missing.
    """

    source: SourceFile
    start: int
    end: int
    header: Scalar | None = None
    suffix: Scalar | None = None
    lines: list[IniLine] = field(default_factory=list)
    broken: bool = False

    @property
    def span(self) -> Span:
        """From the header to the end of the section's last line."""
        return Span(self.source, self.start, self.end)

    @property
    def name(self) -> str | None:
        """The text of the header's name."""
        return None if self.header is None else self.header.text


@dataclass(slots=True)
class IniFile:
    """The sections in the order of the text, a repeated one each time, and what could not be read.

    ``encrypted`` is true for a file that ansible-vault encrypted as a whole: its sections are unknown, not
    missing.
    """

    source: SourceFile
    sections: list[IniSection] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=Problems)
    encrypted: bool = False

    def named(self, name: str, suffix: str | None = None) -> Iterator[IniSection]:
        """Yield the sections with that name and suffix."""
        for section in self.sections:
            if section.name == name and (None if section.suffix is None else section.suffix.text) == suffix:
                yield section


def read_ini(source: SourceFile, *, inventory: bool = True) -> IniFile:
    """Read the sections of a text; never raises.

    Headers are taken as an inventory's: ``[name]`` or ``[name:suffix]`` without whitespace, and only a ``#``
    comment behind them. With ``inventory=False`` a header is whatever stands between brackets, as
    ``configparser`` reads it (``ansible.cfg``), has no suffix, and a ``;`` comment may follow too.
    """
    result = IniFile(source)
    text = source.text
    if text.startswith(_VAULT):
        result.encrypted = True
        return result
    section: IniSection | None = None
    position = 0
    # ``splitlines``, because Ansible splits so: a form feed or U+2028 ends a line, too.
    for line in text.splitlines(keepends=True):
        content = line.strip()
        if content and not content.startswith(_COMMENT_MARKS):
            start = position + line.index(content[0])
            end = start + len(content)
            opened = _open(result, content, start, inventory) if content[0] == "[" else None
            if opened is not None:
                section = opened
                result.sections.append(section)
            else:
                if section is None:
                    section = IniSection(source, start, end)
                    result.sections.append(section)
                section.lines.append(IniLine(source, start, end))
                section.end = end
        position += len(line)
    return result


def _open(result: IniFile, content: str, start: int, inventory: bool) -> IniSection | None:
    """Return the section that a line beginning with ``[`` opens; None where the line is a host."""
    source = result.source
    end = start + len(content)
    found = (_INVENTORY_HEADER if inventory else _PLAIN_HEADER).match(content)
    if found is not None and not found.group(1).isspace():
        suffix = _scalar(source, start, found, 2) if inventory else None
        return IniSection(source, start, end, _scalar(source, start, found, 1), suffix)
    found = _HEADER_AND_MORE.match(content) if inventory else None
    if found is not None:
        problem = SyntaxProblem(
            "only a `#` comment can follow a section header",
            Span(source, start + found.end(), end),
            None,
            "begin the comment with `#`" if content[found.end()] == ";" else "move this to the next line",
        )
        result.problems.append(problem)
        header, suffix = _scalar(source, start, found, 1), _scalar(source, start, found, 2)
        return IniSection(source, start, end, header, suffix, broken=True)
    closing = content.rfind("]")
    if closing < 0:
        message = "this section header has no closing `]`"
        result.problems.append(SyntaxProblem(message, Span(source, start, end)))
        return IniSection(source, start, end, Scalar(source, start + 1, end, content[1:]), broken=True)
    if closing < len(content) - 1 and inventory:
        return None
    return _broken(result, content, start, closing, inventory)


def _broken(result: IniFile, content: str, start: int, closing: int, inventory: bool) -> IniSection:
    """Report a header that is closed but not well formed, and return the section that was probably meant."""
    source = result.source
    name, colon, suffix_text = content[1:closing].rpartition(":")
    suffix = None
    if colon and suffix_text.isidentifier() and inventory:
        suffix = Scalar(source, start + closing - len(suffix_text), start + closing, suffix_text)
    else:
        name = content[1:closing]
    offset = start + 1 + len(name) - len(name.lstrip())
    name = name.strip()
    header = Scalar(source, offset, offset + len(name), name)
    section = IniSection(source, start, start + len(content), header, suffix)
    if header.opaque:  # a header that a template fills in
        return section
    section.broken = True
    span = Span(source, start, start + closing + 1)
    if not name:
        problem = SyntaxProblem("this section header has no name", span)
    elif not inventory:
        behind = Span(source, start + closing + 1, start + len(content))
        problem = SyntaxProblem("only a comment can follow a section header", behind if behind.text else span)
    elif any(map(str.isspace, content[1:closing])):
        message = "a section header of an inventory cannot hold spaces"
        problem = SyntaxProblem(message, span, None, "join the words with `_`")
    else:
        problem = SyntaxProblem("expected `[group]`, `[group:children]` or `[group:vars]` here", span)
    result.problems.append(problem)
    return section


def _scalar(source: SourceFile, base: int, found: re.Match[str], group: int) -> Scalar | None:
    text = found.group(group)
    if text is None:
        return None
    lead = len(text) - len(text.lstrip())
    start = base + found.start(group) + lead
    text = text.strip()
    return Scalar(source, start, start + len(text), text)


def assignment(line: IniLine, delimiters: str = "=") -> tuple[Scalar, Scalar] | None:
    """Cut a line at its first delimiter into key and value, whitespace left out; None without delimiter.

    The value is everything up to the end of the line: in ``[group:vars]`` a ``#`` begins no comment and
    quotes belong to the value (measured: ``y=foo # z`` is ``foo # z``). ``configparser`` takes
    ``delimiters="=:"``.
    """
    text = line.text
    places = [place for place in map(text.find, delimiters) if place >= 0]
    if not places:
        return None
    place = min(places)
    key, value = text[:place].rstrip(), text[place + 1 :].lstrip()
    return (
        Scalar(line.source, line.start, line.start + len(key), key),
        Scalar(line.source, line.end - len(value), line.end, value),
    )


def host_tokens(line: IniLine) -> tuple[list[Scalar], list[Problem]]:
    """Cut a host line into tokens, quotes resolved, the comment left out, and say what is not closed.

    As ``shlex.split(line, comments=True)``: quotes may begin inside a token (``x="a b"``), a backslash takes
    the next character as it is, and ``#`` begins a comment even inside a token (``x=1#c`` is ``x=1``). A
    token's ``style`` is its quote where it is quoted as a whole. A token that is not closed reaches to the
    end of the line.
    """
    source, text, end = line.source, line.source.text, line.end
    if _NEEDS_CARE.search(text, line.start, end) is None:
        words = _TOKEN.finditer(text, line.start, end)
        return [Scalar(source, word.start(), word.end(), word.group()) for word in words], []
    tokens: list[Scalar] = []
    problems: list[Problem] = []
    position = line.start
    while position < end:
        character = text[position]
        if character in _TOKEN_SPACE:
            position += 1
        elif character == "#":
            break
        else:
            word = _Word(text, position, end)
            position = word.end
            tokens.append(Scalar(source, word.start, word.end, "".join(word.characters), word.style))
            if word.open is not None:
                mark = text[word.open]
                message = "nothing follows this backslash" if mark == "\\" else f"this `{mark}` is not closed"
                problems.append(SyntaxProblem(message, Span(source, word.open, end)))
    return tokens, problems


def variable(token: Scalar) -> tuple[Scalar, Scalar] | None:
    """Cut a token of :func:`host_tokens` at its first ``=`` into key and value; None without ``=``.

    The value's span includes its quotes, and its ``style`` is the quote where it is quoted as a whole.
    """
    place = token.text.find("=")
    if place < 0:
        return None
    source, text = token.source, token.source.text
    if token.style is None and text[token.start : token.end] == token.text:
        middle, end, style = token.start + place, token.end, None
        start = token.start
    else:
        word = _Word(text, token.start, token.end)
        middle = word.offsets[place]
        whole = word.style is not None
        start, end = (word.start + 1, word.end - 1) if whole else (word.start, word.end)
        style = None if whole or middle + 1 == end else _Word(text, middle + 1, end).style
    return (
        Scalar(source, start, middle, token.text[:place]),
        Scalar(source, middle + 1, end, token.text[place + 1 :], style),
    )


class _Word:
    """One token read as a POSIX shell would: its characters and where in the text each of them stands."""

    __slots__ = ("characters", "end", "offsets", "open", "start", "style")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start = start
        self.characters: list[str] = []
        self.offsets: list[int] = []
        self.open: int | None = None
        self.style: str | None = None
        first = start
        position = start
        while position < end:
            character = text[position]
            if character in _TOKEN_SPACE or character == "#":
                break
            if character in ('"', "'"):
                behind = self._quoted(text, position, end)
                first = behind if position == start else first
                position = behind
            elif character == "\\":
                if position + 1 == end:
                    self.open = position
                else:
                    self._add(text, position + 1)
                position += 2
            else:
                self._add(text, position)
                position += 1
        self.end = min(position, end)
        if self.open is None and start < first == self.end:
            self.style = text[start]

    def _add(self, text: str, offset: int) -> None:
        self.characters.append(text[offset])
        self.offsets.append(offset)

    def _quoted(self, text: str, start: int, end: int) -> int:
        """Add what stands in quotes and return the offset behind the closing one."""
        quote = text[start]
        position = start + 1
        while position < end:
            character = text[position]
            if character == quote:
                return position + 1
            following = text[position + 1] if position + 1 < end else ""
            if character == "\\" and quote == '"' and following in ('"', "\\"):
                position += 1
            self._add(text, position)
            position += 1
        if self.open is None:
            self.open = start
        return end
