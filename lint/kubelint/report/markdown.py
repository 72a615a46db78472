"""A summary in Markdown, for ``$GITHUB_STEP_SUMMARY``, merge request comments and chat.

The counts first, then a table by rule, then the findings with their other ends, as many as fit (GitHub takes a
mebibyte for a step); what is left out is counted. Text of the linted repository is code or escaped, so that it can
neither draw a table of its own nor mention anybody.

Source: GitHub Docs, "Workflow commands for GitHub Actions", section "Adding a job summary"; GitHub Flavored Markdown.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubelint.finding import Finding, Severity
from kubelint.report import Options
from kubelint.report.summary import coverage, verdict
from kubelint.report.terminal import Paint, escape

if TYPE_CHECKING:
    from kubelint.outcome import Outcome

#: Findings that are listed, the worst first; half of what GitHub takes holds more than these.
MOST_FINDINGS, MOST_PLACES = 500, 3

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>()#+!|~@&-]")
_MARKS = {Severity.ERROR: "🛑", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}  # noqa: RUF001 - the sign is meant


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the summary."""
    yield f"### kubelint: {_prose(verdict(report, Paint(color=False)).rstrip('.'))}\n\n"
    if report.findings:
        yield from _by_rule(report)
        yield from _listed(report, options)
    if not options.quiet:
        yield "".join(f"{_prose(line)}\n" for line in coverage(report.coverage))


def _by_rule(report: Outcome) -> Iterator[str]:
    counts = Counter(finding.rule for finding in report.findings)
    files: dict[str, set[str]] = defaultdict(set)
    worst: dict[str, Severity] = {}
    for finding in report.findings:
        files[finding.rule].add(finding.span.file.path)
        worst[finding.rule] = max(finding.severity, worst.get(finding.rule, Severity.INFO))
    yield "| rule | findings | files | what it says |\n|---|---:|---:|---|\n"
    for rule in sorted(counts, key=lambda rule: (-worst[rule], -counts[rule], rule)):
        page = report.rules.get(rule)
        summary = "" if page is None else _prose(page.summary())
        yield f"| {_MARKS[worst[rule]]} {_code(rule)} | {counts[rule]} | {len(files[rule])} | {summary} |\n"
    yield "\n"


def _listed(report: Outcome, options: Options) -> Iterator[str]:
    shown = sorted(report.findings, key=lambda finding: -finding.severity)[:MOST_FINDINGS]
    yield f"<details{' open' if len(shown) <= 10 else ''}><summary>All findings</summary>\n\n"
    for finding in shown:
        yield from _finding(finding, options)
    if len(shown) < len(report.findings):
        yield f"- and {len(report.findings) - len(shown)} more, less severe or further down\n"
    yield "\n</details>\n\n"


def _finding(finding: Finding, options: Options) -> Iterator[str]:
    span = finding.span
    where = f"{options.in_checkout(span.file.path)}:{span.line}:{span.column}"
    yield f"- {_MARKS[finding.severity]} {_code(where)} {_prose(finding.headline)} ({_code(finding.rule)})\n"
    for label in finding.related[:MOST_PLACES]:
        other = f"{options.in_checkout(label.span.file.path)}:{label.span.line}:{label.span.column}"
        yield f"  - {_code(other)} {_prose(label.text)}\n"
    if finding.help:
        yield f"  - {_prose(finding.help)}\n"


def _code(text: str) -> str:
    """Return text as code; it can hold no back quote, which would end it, and no pipe, which would end its cell."""
    return "`" + escape(text).replace("`", "'").replace("|", "¦") + "`"


def _prose(text: str) -> str:
    """Return a text of ours, whose quoted values become code and whose other special characters are escaped."""
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:  # a back quote without its other half
        return _SPECIAL.sub(r"\\\g<0>", escape(text))
    return "".join(_code(part) if index % 2 else _SPECIAL.sub(r"\\\g<0>", part) for index, part in enumerate(parts))
