"""One line for each finding, for ``grep``, editors and problem matchers.

``path:line:col: severity[rule] headline; help (see path:line:col label)``. There is no summary: what stands
on standard output can be read line by line.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubelint.finding import Finding
from kubelint.report import Options
from kubelint.report.terminal import Paint, escape
from kubelint.source import Span

if TYPE_CHECKING:
    from kubelint.outcome import Outcome


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the lines."""
    paint = Paint(color=options.color, hyperlinks=options.hyperlinks)
    for finding in report.findings:
        yield _line(finding, report, options, paint) + "\n"


def _line(finding: Finding, report: Outcome, options: Options, paint: Paint) -> str:
    place = _place(finding.span, options)
    # A line that begins with ``::command::`` is obeyed by GitHub's runner.
    place = f"./{place}" if place.lstrip().startswith("::") else place
    label = finding.severity.label
    parts = [
        paint("strong", paint.link(f"{report.root}/{finding.span.file.path}", place)) + ":",
        paint(label, f"{label}[{escape(finding.rule)}]"),
        escape(finding.headline) + (f"; {escape(finding.help)}" if finding.help else ""),
    ]
    for related in finding.related:
        text = f" {escape(related.text)}" if related.text else ""
        parts.append(f"(see {_place(related.span, options)}{text})")
    return " ".join(parts)


def _place(span: Span, options: Options) -> str:
    return f"{escape(options.shown(span.file.path))}:{span.line}:{span.column}"
