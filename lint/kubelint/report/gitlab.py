"""GitLab's Code Quality report: an array of issues, shown in merge requests.

Its fingerprint is what GitLab recognises an issue by in the next pipeline; it is ours, which does not change when lines
move. Paths are relative to the project's folder on the runner (``CI_PROJECT_DIR``), as GitLab wants them.

Source: GitLab Docs, "Code Quality", section "Implement a custom tool" (code quality report format).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubelint.finding import Finding, Severity
from kubelint.report import Options
from kubelint.report.dump import dump
from kubelint.report.fingerprint import Fingerprints
from kubelint.report.message import lines
from kubelint.report.terminal import well_formed

if TYPE_CHECKING:
    from kubelint.outcome import Outcome

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the array, one issue to a line."""
    fingerprints = Fingerprints([*report.findings, *report.suppressed])
    separator = "[\n"
    for finding in report.findings:
        yield separator + dump(_issue(finding, options, fingerprints))
        separator = ",\n"
    yield "[]\n" if separator == "[\n" else "\n]\n"


def _issue(finding: Finding, options: Options, fingerprints: Fingerprints) -> dict[str, Any]:
    span = finding.span
    return {
        "type": "issue",
        "check_name": finding.rule,
        "description": well_formed("; ".join(lines(finding))),
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": fingerprints[finding],
        "location": {
            "path": well_formed(options.in_checkout(span.file.path)),
            "positions": {
                "begin": {"line": span.line, "column": span.column},
                "end": {"line": span.end_line, "column": span.end_column},
            },
        },
    }
