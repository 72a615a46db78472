"""The end of a report: how many findings there are, what was checked and what was not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubelint.finding import Safety
from kubelint.report import Options
from kubelint.report.terminal import Paint, enumeration, escape, plural

if TYPE_CHECKING:
    from kubelint.outcome import Coverage, Outcome


def summary(report: Outcome, options: Options, paint: Paint) -> Iterator[str]:
    """Yield the lines of the summary; with ``verbose`` followed by the names of what was not checked."""
    yield verdict(report, paint)
    yield from _fixable(report)
    yield from coverage(report.coverage)
    if options.verbose:
        yield from _names(report.coverage, options)


def verdict(report: Outcome, paint: Paint) -> str:
    """Return the line that counts the findings."""
    counts = report.counts()
    found = [plural(count, severity.label) for severity, count in sorted(counts.items(), reverse=True)]
    apart = [f"{len(report.suppressed)} suppressed"] if report.suppressed else []
    apart += [f"{report.hidden} in the baseline"] if report.hidden else []
    suppressed = f" ({', '.join(apart)})" if apart else ""
    if found:
        return f"{paint(max(counts).label, f'Found {enumeration(found)}')}{suppressed}."
    if report.coverage.empty:
        return f"{paint('warning', 'Nothing was checked')}: there is no configuration of a known system here."
    return f"{paint('success', 'No problems found')}{suppressed}."


def _fixable(report: Outcome) -> Iterator[str]:
    fixes = Counter(finding.fix.safety for finding in report.findings if finding.fix is not None)
    safe, unsafe = fixes[Safety.SAFE], fixes[Safety.UNSAFE]
    if safe:
        more = f", {unsafe} more with `--fix --unsafe-fixes`" if unsafe else ""
        yield f"{safe} can be fixed with `--fix`{more}."
    elif unsafe:
        yield f"{unsafe} can be fixed with `--fix --unsafe-fixes`."


def coverage(coverage: Coverage) -> Iterator[str]:
    """Yield the lines that say what was checked and, where there is something, what was not."""
    if not coverage.empty:
        systems = sorted(coverage.documents.items(), key=lambda item: (-item[1], item[0]))
        kinds = ", ".join(f"{count} {escape(name)}" for name, count in systems)
        yield f"Checked {plural(coverage.files, 'file')}: {kinds}{_references(coverage)}."
    missing = list(_unchecked(coverage))
    if missing:
        yield f"Not checked: {', '.join(missing)}."
    if coverage.unclaimed:
        count = len(coverage.unclaimed)
        other = "" if coverage.empty else "other "
        files = "YAML file was" if count == 1 else "YAML files were"
        yield f"{count} {other}{files} checked for syntax only."


def _references(coverage: Coverage) -> str:
    if not coverage.references:
        return ""
    counted = f"; {plural(coverage.references, 'reference')}"
    if not coverage.unresolved:
        return counted
    if coverage.references == 1:
        return f"{counted} that may lead out of the repository"
    which = "all" if coverage.unresolved == coverage.references else str(coverage.unresolved)
    return f"{counted}, {which} of them may lead out of the repository"


def _unchecked(coverage: Coverage) -> Iterator[str]:
    """Yield the clauses of what was not checked."""
    if coverage.templated:
        count = len(coverage.templated)
        yield f"{count} {'file is a template' if count == 1 else 'files are templates'}"
    if coverage.opaque_values:
        count = coverage.opaque_values
        yield f"{count} {'value is a placeholder' if count == 1 else 'values are placeholders'}"
    if coverage.opaque_objects:
        count = coverage.opaque_objects
        yield f"{plural(count, 'object')} of {'a kind' if count == 1 else 'kinds'} without a schema"
    for name, count in coverage.unchecked.items():
        yield f"{escape(name)} ({count})"
    if coverage.skipped:
        count, first = len(coverage.skipped), coverage.skipped[0]
        more = "; --verbose lists all" if count > 1 else ""
        yield f"{plural(count, 'file')} skipped ({escape(first.path)}: {escape(first.reason)}{more})"
    if coverage.ignored:
        count = coverage.ignored
        yield f"{count} {'file is' if count == 1 else 'files are'} ignored"


def _names(coverage: Coverage, options: Options) -> Iterator[str]:
    for title, names in (
        ("Templates, not checked", [(path, "") for path in coverage.templated]),
        ("Skipped", [(file.path, f": {file.reason}") for file in coverage.skipped]),
        ("Checked for syntax only", [(path, "") for path in coverage.unclaimed]),
    ):
        if names:
            yield f"{title}:"
            yield from (f"  - {escape(options.shown(path))}{escape(reason)}" for path, reason in names)
