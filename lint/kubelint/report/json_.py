"""JSON for scripts: one object, versioned, ASCII only.

::

    {"version": 1,
     "tool": {"name": "kubelint", "version": "0.1.0"},
     "root": ".",
     "counts": {"error": 1, "warning": 0, "info": 0},
     "findings": [FINDING, …],
     "suppressed": 0,
     "baseline": 0,
     "coverage": COVERAGE}

``version`` changes when a key changes its meaning or goes away; new keys may come at any time. All paths
are relative to ``root``, the repository, in POSIX form. Each finding is on a line of its own.

``suppressed`` counts what directives and the configuration took away, ``baseline`` what the baseline hides.

FINDING
    ``rule``, ``group`` (null for a rule that is not installed), ``severity`` (error, warning, info),
    ``headline``, ``subject`` (``Kind/namespace/name``, or empty), ``fingerprint`` (stays the same when
    lines move), ``span`` and ``label`` (the place to edit and what is to be said about it), ``related`` (a
    list of ``{span, label}``: the other ends), ``path`` (the resources that the chain goes through),
    ``holdsIn`` (the overlays in which it is so), ``help`` and ``note`` (text or null), ``fix`` (null or
    ``{title, safety, edits}``; ``safety`` is safe or unsafe, ``edits`` is a list of ``{span, text}``:
    replace that span by that text, all or none).
SPAN
    ``path``; ``line``, ``column``, ``endLine``, ``endColumn`` from 1 in code points, the end is the column
    behind the last character; ``offset``, ``endOffset`` from 0 in code points of the file's text without a
    byte order mark.
COVERAGE
    ``files`` (checked), ``documents`` (checked, for each system), ``units`` (things that are applied
    together), ``references``, ``unresolvedReferences`` (they may lead out of the repository and were not
    judged), ``opaqueValues`` (placeholders), ``opaqueObjects`` (of kinds without a schema), ``unchecked`` (other
    things that were not judged, by name), ``templated``
    (paths of files that cannot be read before they are rendered), ``syntaxOnly`` (paths of YAML files of no
    known system), ``skipped`` (a list of ``{path, reason}``), ``ignored`` (number of files that ignore
    files name).

A surrogate without its other half, as in a file name that is not UTF-8, is written as U+FFFD.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kubelint import __version__
from kubelint.finding import Finding, Label, Severity
from kubelint.report import Options
from kubelint.report.dump import dump
from kubelint.report.fingerprint import Fingerprints
from kubelint.report.terminal import well_formed
from kubelint.source import Span

if TYPE_CHECKING:
    from kubelint.outcome import Coverage, Outcome

VERSION = 1


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the object, one finding at a time; no option changes it."""
    del options
    fingerprints = Fingerprints([*report.findings, *report.suppressed])
    yield _dumped(head_object(report))[:-1] + ', "findings": ['
    separator = "\n"
    for finding in report.findings:
        yield separator + _dumped(finding_object(finding, report, fingerprints))
        separator = ",\n"
    yield "\n], " + _dumped(tail_object(report))[1:] + "\n"


def head_object(report: Outcome) -> dict[str, Any]:
    """Return what stands before the findings."""
    counts = report.counts()
    return {
        "version": VERSION,
        "tool": {"name": "kubelint", "version": __version__},
        "root": ".",
        "counts": {severity.label: counts[severity] for severity in sorted(Severity, reverse=True)},
    }


def tail_object(report: Outcome) -> dict[str, Any]:
    """Return what stands behind the findings."""
    return {"suppressed": len(report.suppressed), "baseline": report.hidden, "coverage": _coverage(report.coverage)}


def _dumped(value: dict[str, Any]) -> str:
    return dump(value)


def finding_object(finding: Finding, report: Outcome, fingerprints: Fingerprints) -> dict[str, Any]:
    """Return a FINDING."""
    rule = report.rules.get(finding.rule)
    return {
        "rule": finding.rule,
        "group": None if rule is None else rule.group.value,
        "severity": finding.severity.label,
        "headline": well_formed(finding.headline),
        "subject": well_formed(finding.subject),
        "fingerprint": fingerprints[finding],
        **_place(finding.primary),
        "related": [_place(label) for label in finding.related],
        "path": [well_formed(step) for step in finding.path],
        "holdsIn": [well_formed(unit) for unit in finding.holds_in],
        "help": _optional(finding.help),
        "note": _optional(finding.note),
        "fix": _fix(finding),
    }


def _fix(finding: Finding) -> dict[str, Any] | None:
    if finding.fix is None:
        return None
    return {
        "title": well_formed(finding.fix.title),
        "safety": finding.fix.safety.value,
        "edits": [{"span": _span(edit.span), "text": well_formed(edit.text)} for edit in finding.fix.edits],
    }


def _place(label: Label) -> dict[str, Any]:
    return {"span": _span(label.span), "label": well_formed(label.text)}


def _span(span: Span) -> dict[str, Any]:
    return {
        "path": well_formed(span.file.path),
        "line": span.line,
        "column": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
        "offset": span.start,
        "endOffset": span.end,
    }


def _optional(text: str | None) -> str | None:
    return None if text is None else well_formed(text)


def _coverage(coverage: Coverage) -> dict[str, Any]:
    return {
        "files": coverage.files,
        "documents": dict(coverage.documents),
        "units": coverage.units,
        "references": coverage.references,
        "unresolvedReferences": coverage.unresolved,
        "opaqueValues": coverage.opaque_values,
        "opaqueObjects": coverage.opaque_objects,
        "unchecked": dict(coverage.unchecked),
        "templated": [well_formed(path) for path in coverage.templated],
        "syntaxOnly": [well_formed(path) for path in coverage.unclaimed],
        "skipped": [{"path": well_formed(file.path), "reason": well_formed(file.reason)} for file in coverage.skipped],
        "ignored": coverage.ignored,
    }
