"""Checkstyle XML, for Jenkins (warnings-ng), SonarQube, reviewdog and editors.

Source: Checkstyle's XML report (`XMLLogger`): `file` elements with `error` elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from kubelint.report import Options
from kubelint.report.message import lines
from kubelint.report.xml import document, element

if TYPE_CHECKING:
    from kubelint.outcome import Outcome


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the document."""
    root = element(None, "checkstyle", version="4.3")
    for path, group in groupby(report.findings, key=lambda finding: finding.span.file.path):
        file = element(root, "file", name=options.in_checkout(path))
        for finding in group:
            element(
                file,
                "error",
                line=finding.span.line,
                column=finding.span.column,
                severity=finding.severity.label,
                message="; ".join(lines(finding)),
                source=f"kubelint.{finding.rule.replace('/', '.')}",
            )
    yield document(root)
