"""One mistake made ten thousand times in one file is told a thousand times (floor 9).

A file may be written so that a rule fires on every line of it: the report would be larger than the repository, and
nobody would read it. What is left out is counted by a finding of its own, so that it is never silent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kubelint.finding import BOUND_REACHED, Finding, Label


def thinned(findings: Iterable[Finding], most: int) -> list[Finding]:
    """Return at most ``most`` findings of each rule in each file, and a finding for the rest of them.

    The findings are in the order of the report; those that come first are kept.
    """
    counts: Counter[tuple[str, str]] = Counter()
    kept: list[Finding] = []
    crowded: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        crowd = finding.rule, finding.span.file.path
        counts[crowd] += 1
        if counts[crowd] <= most:
            kept.append(finding)
        else:
            crowded.setdefault(crowd, finding)
    kept += [_rest(first, counts[crowd] - most, most) for crowd, first in crowded.items()]
    return sorted(kept, key=lambda finding: finding.sort_key) if crowded else kept


def _rest(first: Finding, count: int, most: int) -> Finding:
    more = f"from here on {count} more findings" if count > 1 else "one more finding"
    return Finding(
        BOUND_REACHED,
        f"{more} of `{first.rule}` {'are' if count > 1 else 'is'} not shown",
        Label(first.span),
        first.severity,
        help=f"mend the first {most}, or raise `limits.findings` in the configuration",
    )
