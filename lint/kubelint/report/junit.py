"""JUnit XML, for Jenkins, Drone, GitLab and what else shows test results.

A suite for each file, in it a failed case for each finding; a run without findings is one passed case, since an empty
report is taken for a run that did not happen.

Source: the JUnit XML format as Jenkins and pytest write and read it (there is no standard).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from kubelint.report import Options
from kubelint.report.message import lines
from kubelint.report.terminal import escape
from kubelint.report.xml import document, element

if TYPE_CHECKING:
    from kubelint.outcome import Outcome


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the document."""
    count = len(report.findings)
    suites = element(None, "testsuites", name="kubelint", tests=max(count, 1), failures=count, errors=0)
    for path, group in groupby(report.findings, key=lambda finding: finding.span.file.path):
        findings = list(group)
        shown = options.in_checkout(path)
        suite = element(suites, "testsuite", name=shown, tests=len(findings), failures=len(findings), errors=0)
        for finding in findings:
            span = finding.span
            case = element(
                suite,
                "testcase",
                name=f"{finding.rule}:{span.line}:{span.column}",
                classname=shown,
                file=shown,
                line=span.line,
            )
            text = f"{shown}:{span.line}:{span.column}\n" + "\n".join(lines(finding))
            element(case, "failure", text, message=escape(finding.headline), type=finding.severity.label)
    if not count:
        suite = element(suites, "testsuite", name="kubelint", tests=1, failures=0, errors=0)
        element(suite, "testcase", name=f"{report.coverage.files} files checked", classname="kubelint")
    yield document(suites)
