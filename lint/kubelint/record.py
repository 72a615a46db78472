"""Findings as plain data, which crosses processes and lies in the cache, and back (floor 1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from kubelint.finding import Finding, Fix, Label, Safety, Severity
from kubelint.source import SourceFile, Span, TextEdit

#: What :mod:`marshal` can carry.
Record: TypeAlias = tuple[Any, ...]
Sources: TypeAlias = Callable[[str], SourceFile]


def to_record(finding: Finding) -> Record:
    """Return all that a finding says; files are named by their paths."""
    fix = finding.fix
    return (
        finding.rule,
        finding.headline,
        _label(finding.primary),
        int(finding.severity),
        tuple(_label(label) for label in finding.related),
        finding.path,
        finding.help,
        finding.note,
        None
        if fix is None
        else (fix.title, tuple((*_place(edit.span), edit.text) for edit in fix.edits), fix.safety.value),
        finding.subject,
        finding.holds_in,
    )


def from_record(record: Record, sources: Sources) -> Finding:
    """Return the finding of a record; ``sources`` gives the file of a path."""
    rule, headline, primary, severity, related, path, help_text, note, fix, subject, holds_in = record
    return Finding(
        rule,
        headline,
        _to_label(primary, sources),
        Severity(severity),
        tuple(_to_label(label, sources) for label in related),
        path,
        help_text,
        note,
        None if fix is None else _to_fix(fix, sources),
        subject,
        holds_in,
    )


def files_of(finding: Finding) -> list[SourceFile]:
    """Return the files that a finding points into."""
    edits = () if finding.fix is None else finding.fix.edits
    return [span.file for span in (*(label.span for label in finding.labels), *(edit.span for edit in edits))]


def _place(span: Span) -> tuple[str, int, int]:
    return span.file.path, span.start, span.end


def _label(label: Label) -> Record:
    return (*_place(label.span), label.text)


def _to_label(record: Record, sources: Sources) -> Label:
    path, start, end, text = record
    return Label(Span(sources(path), start, end), text)


def _to_fix(record: Record, sources: Sources) -> Fix:
    title, edits, safety = record
    made = tuple(TextEdit(Span(sources(path), start, end), text) for path, start, end, text in edits)
    return Fix(title, made, Safety(safety))
