"""A report to look through in a browser: by rule, by file and by unit, with code frames.

A finding that concerns more than one file has a picture. The page stands alone and loads nothing; what comes from
the linted repository is escaped and reaches no script.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from html import escape as html_escape
from importlib import resources
from typing import TYPE_CHECKING

from kubelint import __version__
from kubelint.finding import Finding, Label, Safety, Severity
from kubelint.report import Options
from kubelint.report.summary import coverage, verdict
from kubelint.report.terminal import Paint, escape, plural

if TYPE_CHECKING:
    from kubelint.outcome import Outcome

#: Findings on a page; a browser has trouble with more. What is left out is counted.
MOST_FINDINGS = 5000
#: Lines before and behind a marked one, characters of a line, boxes of a picture.
_CONTEXT, _LONGEST, _MOST_BOXES = 1, 240, 8

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the page; no option changes it."""
    del options
    assets = resources.files("kubelint.report") / "assets"
    style, script = ((assets / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
    title = _text(report.root.name or str(report.root))
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title} | kubelint</title>\n<style>{style}</style>\n</head>\n<body>\n"
    )
    yield f"<header><h1>{title}</h1><p>{_text(verdict(report, Paint(color=False)))}</p></header>\n"
    shown = sorted(report.findings, key=lambda finding: -finding.severity)[:MOST_FINDINGS]
    shown.sort(key=lambda finding: finding.sort_key)
    if shown:
        yield from _navigation(report, shown)
    yield "<main>\n"
    for number, finding in enumerate(shown):
        yield from _finding(finding, number, report)
    if len(shown) < len(report.findings):
        yield f"<p>{len(report.findings) - len(shown)} more findings, the least severe, are left out here.</p>\n"
    yield "</main>\n<footer>"
    yield from (f"<p>{_text(line)}</p>" for line in coverage(report.coverage))
    yield f"<p>kubelint {__version__}</p></footer>\n<script>{script}</script>\n</body>\n</html>\n"


def _navigation(report: Outcome, findings: list[Finding]) -> Iterator[str]:
    """Yield the controls: a search, the severities, and what the findings can be grouped by."""
    yield '<nav><input id="search" type="search" placeholder="Filter" aria-label="Filter" autocomplete="off">\n'
    for severity in sorted(Severity, reverse=True):
        count = sum(1 for finding in findings if finding.severity is severity)
        if count:
            name = severity.label
            yield f'<label class="{name}"><input type="checkbox" name="severity" value="{name}" checked> '
            yield f"{_text(plural(count, name))}</label>\n"
    groupings: tuple[tuple[str, Callable[[Finding], Iterable[str]]], ...] = (
        ("rule", lambda finding: [finding.rule]),
        ("file", lambda finding: [finding.span.file.path]),
        ("unit", lambda finding: finding.holds_in),
    )
    for name, key in groupings:
        groups: dict[str, int] = defaultdict(int)
        for finding in findings:
            for value in key(finding):
                groups[value] += 1
        if not groups:
            continue
        yield f'<details open><summary>By {name}</summary><ul class="choice" data-by="{name}">\n'
        for value, count in sorted(groups.items(), key=lambda item: (-item[1], item[0])):
            page = report.rules.get(value) if name == "rule" else None
            title = f' title="{_text(page.summary())}"' if page is not None else ""
            yield (
                f'<li><button type="button" data-value="{_text(value)}"{title}><span>{_text(value)}</span> '
                f"<b>{count}</b></button></li>\n"
            )
        yield "</ul></details>\n"
    yield "</nav>\n"


def _finding(finding: Finding, number: int, report: Outcome) -> Iterator[str]:
    units, name = "\n".join(finding.holds_in), finding.severity.label
    yield (
        f'<article id="f{number}" class="{name}" data-severity="{name}" data-rule="{_text(finding.rule)}" '
        f'data-file="{_text(finding.span.file.path)}" data-unit="{_attribute(units)}">\n'
        f'<h2><span class="tag">{name}</span> {_prose(finding.headline)}</h2>\n'
        f'<p class="rule">{_text(finding.rule)}{f" · {_text(finding.subject)}" if finding.subject else ""}</p>\n'
    )
    files: dict[str, list[tuple[Label, bool]]] = {}
    for index, label in enumerate(finding.labels):
        files.setdefault(label.span.file.path, []).append((label, index == 0))
    if len(files) > 1:
        yield _picture(files)
    for labels in files.values():
        yield from _frame(labels)
    for term, text in _notes(finding):
        yield f"<p><b>{term}</b> {_prose(text)}</p>\n"
    page = report.rules.get(finding.rule)
    if page is not None:
        yield f"<details><summary>About this rule</summary><pre>{html_escape(_lines(page.page()))}</pre></details>\n"
    yield "</article>\n"


def _notes(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.path:
        yield "path", " → ".join(finding.path)
    if finding.note:
        yield "note", finding.note
    if finding.help:
        yield "help", finding.help
    if finding.fix is not None:
        command = "--fix" if finding.fix.safety is Safety.SAFE else "--fix --unsafe-fixes, may change what runs"
        yield "fix", f"{finding.fix.title} ({command})"
    if finding.holds_in:
        yield "in", ", ".join(finding.holds_in)


def _frame(labels: list[tuple[Label, bool]]) -> Iterator[str]:
    """Yield the marked lines of a file with their neighbours."""
    source = labels[0][0].span.file
    first = min(label.span for label, _ in labels)
    yield f'<div class="place">{_text(f"{source.path}:{first.line}:{first.column}")}</div>\n'
    if not source.text:
        return
    marks: dict[int, list[tuple[Label, bool]]] = defaultdict(list)
    for label, primary in labels:
        marks[label.span.line].append((label, primary))
    wanted = {n for line in marks for n in range(line - _CONTEXT, line + _CONTEXT + 1) if 1 <= n <= len(source.lines)}
    yield '<pre class="code">'
    previous = 0
    for line in sorted(wanted):
        if previous and line > previous + 1:
            yield '<span class="gap">⋯</span>\n'
        previous = line
        yield f'<span class="n">{line:5}</span> {_line(source.lines.line_text(line), marks.get(line, []))}\n'
        for label, primary in marks.get(line, []):
            if label.text:
                indent = " " * (min(label.span.column, _LONGEST) + 5)
                yield f'<span class="{"primary" if primary else "related"}">{indent}└ {_prose(label.text)}</span>\n'
    yield "</pre>\n"


def _line(text: str, marks: list[tuple[Label, bool]]) -> str:
    """Return a source line with its marked stretches, which do not overlap here even where they do in the file."""
    parts: list[str] = []
    position = 0
    for label, primary in sorted(marks, key=lambda mark: mark[0].span.start):
        span = label.span
        start = max(position, span.column - 1)
        end = min(len(text), span.end_column - 1 if span.end_line == span.line else len(text))
        if start >= end or start >= _LONGEST:
            continue
        kind = "primary" if primary else "related"
        parts += [_text(text[position:start]), f'<mark class="{kind}">{_text(text[start:end])}</mark>']
        position = end
    rest = text[position:]
    parts.append(_text(rest[:_LONGEST]) + ("…" if len(rest) > _LONGEST else ""))
    return "".join(parts)


def _picture(files: dict[str, list[tuple[Label, bool]]]) -> str:
    """Return a small picture: the file with the mistake on the left, an arrow to each other place."""
    (first, _), *others = list(files.items())
    primary = files[first][0][0]
    shown = [(path, labels[0][0]) for path, labels in others[:_MOST_BOXES]]
    width, height, row = 360, 44, 56
    total = max(1, len(shown)) * row
    middle = total / 2
    parts = [f'<svg class="picture" viewBox="0 0 860 {total}" width="860" height="{total}" role="img">']
    parts.append(
        _box(0, middle - height / 2, width, height, "bad", first, f"line {primary.span.line}: {primary.span.text}")
    )
    for index, (path, label) in enumerate(shown):
        y = index * row + row / 2
        parts.append(
            f'<path class="arrow" d="M{width} {middle:.0f}C{width + 70} {middle:.0f} {width + 70} {y:.0f} '
            f'{width + 132} {y:.0f}"/><path class="head" d="M{width + 140} {y:.0f}l-10 -5v10z"/>'
        )
        parts.append(
            _box(width + 140, y - height / 2, width, height, "", path, label.text or f"line {label.span.line}")
        )
    return "".join(parts) + "</svg>\n"


def _box(x: float, y: float, width: int, height: int, kind: str, title: str, text: str) -> str:
    def short(value: str) -> str:
        value = " ".join(value.split())
        return value if len(value) <= 52 else value[:51] + "…"

    name = title if len(title) <= 48 else "…" + title[-47:]
    return (
        f'<rect class="{kind}" x="{x + 1:.0f}" y="{y:.0f}" width="{width - 2}" height="{height}" rx="6"/>'
        f'<text class="t" x="{x + 12:.0f}" y="{y + 18:.0f}">{_text(name)}</text>'
        f'<text x="{x + 12:.0f}" y="{y + 35:.0f}">{_text(short(text))}</text>'
    )


def _prose(text: str) -> str:
    """Return a text of ours with what stands in back quotes as code."""
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:
        return _text(text)
    return "".join(f"<code>{html_escape(part)}</code>" if i % 2 else html_escape(part) for i, part in enumerate(parts))


def _text(text: str) -> str:
    return html_escape(escape(text))


def _attribute(text: str) -> str:
    return "\n".join(map(_text, text.split("\n")))


def _lines(text: str) -> str:
    return "\n".join(map(escape, text.split("\n")))
