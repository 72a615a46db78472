"""Reviewdog's diagnostic format, with fixes as suggestions that a reviewer takes over by a click.

Its columns count bytes of UTF-8. A fix that edits several places is no suggestion: each one is applied alone there.

Source: reviewdog, "Reviewdog Diagnostic Format" (`reviewdog.proto`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubelint.finding import Finding, Severity
from kubelint.report import Options
from kubelint.report.dump import dump
from kubelint.report.message import MOST_PLACES, lines
from kubelint.report.terminal import well_formed
from kubelint.source import SourceFile, Span

if TYPE_CHECKING:
    from kubelint.outcome import Outcome

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the one object, a diagnostic to a line."""
    yield '{"source": {"name": "kubelint"}, "diagnostics": ['
    separator = "\n"
    for finding in report.findings:
        yield separator + dump(_diagnostic(finding, options))
        separator = ",\n"
    yield "\n]}\n"


def _diagnostic(finding: Finding, options: Options) -> dict[str, Any]:
    found: dict[str, Any] = {
        "message": well_formed("\n".join(lines(finding))),
        "location": _location(finding.span, options),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.rule},
    }
    if finding.related:
        found["relatedLocations"] = [
            {"message": well_formed(label.text), "location": _location(label.span, options)}
            for label in finding.related[:MOST_PLACES]
        ]
    fix = finding.fix
    if fix is not None and len(fix.edits) == 1 and fix.edits[0].span.file is finding.span.file:
        edit = fix.edits[0]
        found["suggestions"] = [{"range": _range(edit.span), "text": well_formed(edit.text)}]
    return found


def _location(span: Span, options: Options) -> dict[str, Any]:
    return {"path": well_formed(options.in_checkout(span.file.path)), "range": _range(span)}


def _range(span: Span) -> dict[str, Any]:
    return {
        "start": {"line": span.line, "column": _column(span.file, span.line, span.column)},
        "end": {"line": span.end_line, "column": _column(span.file, span.end_line, span.end_column)},
    }


def _column(source: SourceFile, line: int, column: int) -> int:
    """Return the column in bytes, from 1; a file that could not be read has no text to count in."""
    if not source.text:
        return column
    return len(source.lines.line_text(line)[: column - 1].encode("utf-8", "surrogatepass")) + 1
