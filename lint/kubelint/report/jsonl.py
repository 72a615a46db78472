"""JSON lines for scripts that read while kubelint writes: a line for each finding, then one for the whole.

Each finding is the object that :mod:`kubelint.report.json_` describes with ``"type": "finding"``; the last line has
``"type": "summary"`` with the version, the counts and the coverage, so that a reader sees whether it got all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubelint.report import Options
from kubelint.report.dump import dump
from kubelint.report.fingerprint import Fingerprints
from kubelint.report.json_ import finding_object, head_object, tail_object

if TYPE_CHECKING:
    from kubelint.outcome import Outcome


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the lines; no option changes them."""
    del options
    fingerprints = Fingerprints([*report.findings, *report.suppressed])
    for finding in report.findings:
        yield dump({"type": "finding", **finding_object(finding, report, fingerprints)}) + "\n"
    yield dump({"type": "summary", **head_object(report), **tail_object(report)}) + "\n"
