"""What a finding says in formats that have one text for it: the headline, then one line for each other thing."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding
from kubelint.report.terminal import escape
from kubelint.source import Span

#: Where a finding has more places than these, the others are counted.
MOST_PLACES = 10


def lines(finding: Finding) -> Iterator[str]:
    """Yield the headline and what explains it, each on one line and without characters that are not printable."""
    yield escape(finding.headline)
    if finding.primary.text:
        yield escape(finding.primary.text)
    for related in finding.related[:MOST_PLACES]:
        yield f"{place(related.span)}: {escape(related.text) or 'see here'}"
    if len(finding.related) > MOST_PLACES:
        yield f"and {len(finding.related) - MOST_PLACES} more places"
    if finding.path:
        yield "path: " + " → ".join(map(escape, finding.path))
    if finding.note:
        yield f"note: {escape(finding.note)}"
    if finding.help:
        yield f"help: {escape(finding.help)}"
    if finding.holds_in:
        yield "in: " + ", ".join(map(escape, finding.holds_in))


def place(span: Span) -> str:
    """Return ``path:line:column``."""
    return f"{escape(span.file.path)}:{span.line}:{span.column}"
