"""Writes directives: ``kubelint check --add-ignore`` silences what is there, each where it stands (floor 9).

Behind the value where a comment can stand there, else on a line of its own above. Whether a directive does what it is
for is not assumed: the texts are checked again, what did not work is tried the other way, and what cannot be ignored
in place is left out and named.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from kubelint.files import JSON, YAML, Limits, RepositoryFile, syntax_of
from kubelint.finding import Finding
from kubelint.fix import Fixed
from kubelint.source import SourceFile, Span, TextEdit
from kubelint.suppress import ScalarSpans

_RULES = re.compile(r"[#;][ \t]*kubelint:[ \t]*ignore[ \t]*\[([^\]\r\n]*)\]")


class _Mode(Enum):
    BEHIND = auto()
    ABOVE = auto()
    NOT = auto()


@dataclass(slots=True)
class _Place:
    """One line of a file and the rules to ignore on it; ``above`` is the line that a comment can stand above."""

    source: SourceFile
    line: int
    above: int
    rules: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    mode: _Mode = _Mode.BEHIND

    @property
    def target(self) -> int:
        """The line that is edited, or before which a line is put."""
        return self.above if self.mode is _Mode.ABOVE else self.line


def add_ignores(check: Callable[[dict[str, str]], list[Finding]], reason: str) -> Fixed:
    """Return the texts with a directive for each finding; ``check`` returns the findings with some texts replaced.

    ``applied`` of the result are the findings that are ignored now; ``refused`` says which files hold others, and why.
    """
    places = _places(check({}))
    result = Fixed()
    for _ in _Mode:
        texts = _texts(places, reason)
        left = {(finding.rule, *_origin(finding, places)) for finding in check(texts)} if texts else set()
        failed = [
            place
            for place in places.values()
            if place.mode is not _Mode.NOT
            and any((rule, place.source.path, place.line) in left for rule in place.rules)
        ]
        if not failed:
            break
        for place in failed:
            place.mode = _Mode.ABOVE if place.mode is _Mode.BEHIND else _Mode.NOT
    for place in places.values():
        path = place.source.path
        if place.mode is _Mode.NOT:
            json = syntax_of(path) == JSON
            result.refused[path] = "JSON has no comments" if json else "no comment can stand there"
            continue
        result.applied += place.findings
    result.texts = _texts(places, reason)
    result.before = {
        path: next(p.source.text for p in places.values() if p.source.path == path) for path in result.texts
    }
    return result


def directive(source: SourceFile, line: int, rule: str, reason: str) -> TextEdit | None:
    """Return the edit that ignores a rule on one line of a file; None where no comment can stand."""
    place = _place(source, line, {})
    if place.mode is _Mode.NOT:
        return None
    place.rules.add(rule)
    start, end = source.lines.bounds(place.target)
    text = _with_directive(source.text, place, reason)
    return TextEdit(Span(source, start, end), text[start : end + len(text) - len(source.text)])


def _places(findings: Iterable[Finding]) -> dict[tuple[str, int], _Place]:
    places: dict[tuple[str, int], _Place] = {}
    spans: dict[str, ScalarSpans] = {}
    for finding in findings:
        source, line = finding.span.file, finding.span.line
        if (source.path, line) not in places:
            places[source.path, line] = _place(source, line, spans)
        place = places[source.path, line]
        place.rules.add(finding.rule)
        place.findings.append(finding)
    return places


def _place(source: SourceFile, line: int, spans: dict[str, ScalarSpans]) -> _Place:
    syntax = syntax_of(source.path)
    if not source.text or syntax == JSON:
        return _Place(source, line, line, mode=_Mode.NOT)
    if syntax != YAML:  # Dockerfiles, inventories, dotenv files and others would read it as part of the value
        return _Place(source, line, line, mode=_Mode.ABOVE)
    if source.path not in spans:
        spans[source.path] = ScalarSpans(RepositoryFile(source, YAML, Limits()))
    first, last = source.lines.bounds(line)
    scalar = spans[source.path].start(first)
    above = line if scalar is None else source.lines.line(scalar)
    return _Place(source, line, above, mode=_Mode.ABOVE if spans[source.path].contain(last) else _Mode.BEHIND)


def _texts(places: dict[tuple[str, int], _Place], reason: str) -> dict[str, str]:
    """Return the text of each file with the directives of its places."""
    files: dict[str, list[_Place]] = {}
    for place in places.values():
        if place.mode is not _Mode.NOT:
            files.setdefault(place.source.path, []).append(place)
    texts: dict[str, str] = {}
    for path, found in files.items():
        text = found[0].source.text
        # From the end on, so that what stands before keeps its offsets.
        for place in sorted(found, key=lambda place: (place.target, place.mode is _Mode.BEHIND), reverse=True):
            text = _with_directive(text, place, reason)
        texts[path] = text
    return texts


def _with_directive(text: str, place: _Place, reason: str) -> str:
    start, end = place.source.lines.bounds(place.target)
    line = text[start:end]
    directive = f"# kubelint: ignore[{', '.join(sorted(place.rules))}] {reason}".rstrip()
    if place.mode is _Mode.ABOVE:
        indent = line[: len(line) - len(line.lstrip())]
        newline = "\r\n" if "\r\n" in place.source.text else "\n"
        return f"{text[:start]}{indent}{directive}{newline}{text[start:]}"
    if written := _RULES.search(line):
        names = {name.strip() for name in written[1].split(",")} | place.rules
        return f"{text[: start + written.start(1)]}{', '.join(sorted(names - {''}))}{text[start + written.end(1) :]}"
    return f"{text[: start + len(line.rstrip())]}  {directive}{text[end:]}"


def _origin(finding: Finding, places: dict[tuple[str, int], _Place]) -> tuple[str, int]:
    """Return the file and the line that a finding in the changed texts had before."""
    path, line = finding.span.file.path, finding.span.line
    above = sorted(place.above for (name, _), place in places.items() if name == path and place.mode is _Mode.ABOVE)
    # Each directive above moves the lines from its own on down by one.
    return path, line - sum(1 for index, inserted in enumerate(above) if line > inserted + index)
