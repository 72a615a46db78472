"""How often each rule fires, for an overview of a repository that has many findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubelint.finding import Severity
from kubelint.report import Options
from kubelint.report.summary import summary
from kubelint.report.terminal import Paint, escape

if TYPE_CHECKING:
    from kubelint.outcome import Outcome


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield a line for each rule, the most frequent first: findings, files, severity, rule, whether it can be fixed."""
    paint = Paint(color=options.color)
    counts = Counter(finding.rule for finding in report.findings)
    width = max((len(rule) for rule in counts), default=0)
    for rule, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        own = [finding for finding in report.findings if finding.rule == rule]
        files = len({finding.span.file.path for finding in own})
        severity = max((finding.severity for finding in own), default=Severity.INFO).label
        fixes = sum(1 for finding in own if finding.fix is not None)
        page = report.rules.get(rule)
        where = f"in {files:4} {'file ' if files == 1 else 'files'}"
        fixable = f"{fixes} fixable" if fixes else ""
        says = "" if page is None else page.summary()
        line = f"{count:6}  {where}  {paint(severity, f'{severity:7}')}  {escape(rule):{width}}  {fixable:12}  {says}"
        yield line.rstrip() + "\n"
    if counts:
        yield "\n"
    if not options.quiet:
        yield "".join(f"{line}\n" for line in summary(report, options, paint))
