"""``Environment=`` lines of a unit file, cut into assignments as systemd cuts them.

A line holds words divided by spaces; quotes keep a word together, wherever in it they stand; ``%`` begins a specifier
and ``%%`` is a percent sign; a backslash at the end continues the line. What is no assignment is dropped with a warning
in the journal. Source: systemd.exec(5), "Environment="; systemd.syntax(7), "Quoting"; systemd.unit(5), "Specifiers".
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from kubelint.source import SourceFile, Span
from kubelint.tree.node import Scalar
from kubelint_schemas.systemd import SPECIFIERS

_LINE = re.compile(r"^[ \t]*(?:\[(?P<section>[^\]\r\n]*)\]|(?P<key>Environment)[ \t]*=[ \t]*)", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_SPECIFIER = re.compile(r"%%|%(.?)")
_HEX = frozenset("0123456789abcdefABCDEF")
SERVICE = "Service"


class FaultKind(Enum):
    """Why systemd ignores a part of a line."""

    NO_SECTION = "outside of [Service]"
    NO_ASSIGNMENT = "no assignment"
    SPECIFIER = "percent sign"


class Fault(NamedTuple):
    """What systemd ignores: where, why, and the assignment before it on the line, if there is one."""

    kind: FaultKind
    span: Span
    before: Span | None = None


@dataclass(slots=True)
class Environment:
    """What a file sets, names and values with their places, and what of it is ignored."""

    assignments: list[tuple[Scalar, Scalar]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_environment(source: SourceFile) -> Environment:
    """Return what the ``Environment=`` lines of a file set; never raises."""
    found = Environment()
    section: str | None = None
    text = source.text
    behind = 0
    for line in _LINE.finditer(text):
        if line.start() < behind:
            continue  # a line that the one before it goes on in
        if line["section"] is not None:
            section = line["section"].strip()
            continue
        if section != SERVICE:
            found.faults.append(Fault(FaultKind.NO_SECTION, source.span(line.start("key"), line.end("key"))))
            continue
        before: Span | None = None
        words, behind = _words(text, line.end())
        for start, end in words:
            assignment = _assignment(source, start, end)
            if assignment is None:
                found.faults.append(Fault(FaultKind.NO_ASSIGNMENT, source.span(start, end), before))
                break
            before = source.span(start, end)
            found.assignments.append(assignment)
            fault = _specifier(source, start, end)
            if fault is not None:
                found.faults.append(fault)
    return found


def _words(text: str, start: int) -> tuple[list[tuple[int, int]], int]:
    """Return where each word of a line begins and ends, quotes included, and where the line ends."""
    words: list[tuple[int, int]] = []
    place, quote, word = start, "", -1
    while place < len(text):
        character = text[place]
        if character == "\\" and place + 1 < len(text):
            if text[place + 1] in "\r\n" and not quote:
                if word >= 0:
                    words.append((word, place))
                    word = -1
                place += 3 if text[place + 1 : place + 3] == "\r\n" else 2
                continue
            word = place if word < 0 else word
            place += 2
            continue
        if character in "\r\n":
            break
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'":
            quote = character
            word = place if word < 0 else word
        elif character in " \t":
            if word >= 0:
                words.append((word, place))
                word = -1
        elif word < 0:
            word = place
        place += 1
    if word >= 0:
        words.append((word, min(place, len(text))))
    return words, place


def _assignment(source: SourceFile, start: int, end: int) -> tuple[Scalar, Scalar] | None:
    """Return name and value of a word; None where it is no assignment."""
    text = source.text
    if text[start] in "\"'":
        quote = text[start]
        start += 1
        if end > start and text[end - 1] == quote:
            end -= 1
    name_end = text.find("=", start, end)
    if name_end < 0 or not _NAME.match(text[start:name_end]):
        return None
    first = name_end + 1
    if end - first >= 2 and text[first] in "\"'" and text[end - 1] == text[first]:
        first, end = first + 1, end - 1
    name = Scalar(source, start, name_end, text[start:name_end])
    return name, Scalar(source, first, end, text[first:end].replace("%%", "%"))


def _specifier(source: SourceFile, start: int, end: int) -> Fault | None:
    """Return the first percent sign that systemd does not take for itself, or that was meant for a URL."""
    for found in _SPECIFIER.finditer(source.text, start, end):
        if found.group() == "%%":
            continue
        after = source.text[found.end() : found.end() + 1]
        escape = found[1] in _HEX and after in _HEX and bool(after)
        if found[1] not in SPECIFIERS or escape:
            return Fault(FaultKind.SPECIFIER, source.span(found.start(), found.start() + (3 if escape else 1)))
    return None
