"""Runs the rules over the graph, in several processes where that pays (floor 7)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from kubelint import workers
from kubelint.build import Crash
from kubelint.config import Settings
from kubelint.effort import EffortError
from kubelint.finding import BOUND_REACHED, Finding, Label, Severity
from kubelint.graph.model import Resource
from kubelint.graph.query import Graph
from kubelint.options import make_options
from kubelint.profile import Profile
from kubelint.record import files_of, from_record, to_record
from kubelint.rule import Rule
from kubelint.source import SourceFile, Span

RULE_CRASHED = "repository/rule-crashed"
#: With so many resources a second process gains more than the fork costs (measured: docs/performance.md).
SHARED_FROM = 2_000


def run(
    selected: Sequence[type[Rule[Any]]], graph: Graph, settings: Settings, profile: Profile | None = None
) -> list[Finding]:
    """Return what the rules find, rule by rule and subject by subject, in whatever process it was found.

    A rule that crashes is a finding; the others go on. Rules are pure, so subjects are shared out by their place.
    """
    parts = workers.available() if profile is None and len(graph.subjects(Resource)) >= SHARED_FROM else 1
    if parts == 1:
        return [finding for found in _run_part(selected, graph, settings, 0, 1, profile) for finding in found]
    before = Counter(graph.unchecked)
    graph.holding(())  # indexed here, once, not in each process

    def work(part: int) -> Any:
        found = _run_part(selected, graph, settings, part, parts, None)
        # A file that the graph has made up cannot be named to another process: this part is then done in one.
        whole = all(_is_known(graph, file) for each in found for finding in each for file in files_of(finding))
        records = [[to_record(finding) for finding in each] for each in found]
        return (records if whole else None), dict(graph.unchecked - before)

    results = workers.in_parts(work, parts)
    if any(records is None for records, _ in results):
        return [finding for found in _run_part(selected, graph, settings, 0, 1, None) for finding in found]
    for _, unchecked in results:
        for name, count in unchecked.items():
            # What was left unchecked is counted where the graph first meets it, which each process does for itself.
            graph.unchecked[name] = max(graph.unchecked[name], before[name] + count)

    def source(path: str) -> SourceFile:
        found = graph.repository.source(path)
        assert found is not None  # noqa: S101 - it was known when the record was made
        return found

    return [
        from_record(record, source)
        for place in range(len(selected))
        for records, _ in results
        for record in records[place]
    ]


def _is_known(graph: Graph, file: SourceFile) -> bool:
    return graph.repository.source(file.path) is file


def _run_part(
    selected: Iterable[type[Rule[Any]]],
    graph: Graph,
    settings: Settings,
    part: int,
    parts: int,
    profile: Profile | None,
) -> list[list[Finding]]:
    """Return the findings of each rule about one part of its subjects."""
    found: list[list[Finding]] = []
    room = settings.limits.total_findings
    for number, rule_class in enumerate(selected):
        start = time.perf_counter()
        findings: list[Finding] = []
        found.append(findings)
        identity = rule_class.identity()
        try:
            subjects = rule_class.subjects(graph)
            if parts > 1:
                if len(subjects) == 1:
                    subjects = subjects if number % parts == part else []
                else:
                    subjects = subjects[len(subjects) * part // parts : len(subjects) * (part + 1) // parts]
            if not subjects:
                continue
            rule = rule_class(make_options(rule_class, settings.options.get(identity, {})))
        except Exception as error:
            findings.append(_crash(identity, graph, None, error))
            continue
        check, extend = rule.check, findings.extend
        most = max(room, settings.limits.findings)  # each rule may say something, whatever the others have said
        graph.effort.begin()
        for subject in subjects:
            try:
                extend(check(subject, graph))
            except EffortError:
                findings.append(_stopped(identity, graph, subject))
                break
            except Exception as error:
                findings.append(_crash(identity, graph, subject, error))
            if len(findings) > most:
                _end(identity, findings, most, settings.limits.total_findings)
                break
        graph.effort.end()
        room -= len(findings)
        if profile is not None:
            profile.rule(identity, time.perf_counter() - start, len(subjects), len(findings))
    return found


def _end(identity: str, findings: list[Finding], most: int, bound: int) -> None:
    """Put what says that a rule has stopped in the place of what is too much."""
    first = findings[most]
    findings[most:] = [
        Finding(
            BOUND_REACHED,
            f"from here on `{identity}` was not looked for: there are more than {bound} findings",
            Label(first.span),
            Severity.ERROR,
            help="select fewer rules, exclude folders, or raise `limits.total-findings` in the configuration",
        )
    ]


def _stopped(identity: str, graph: Graph, subject: object) -> Finding:
    """Return what says that a rule has compared so much that it has stopped."""
    return Finding(
        BOUND_REACHED,
        f"from here on `{identity}` was not looked for: too many things would be compared with each other",
        Label(_span(subject, graph)),
        Severity.ERROR,
        help="check fewer of them at once, or exclude what is not needed; this bound has no option",
        subject=str(subject) if isinstance(subject, Resource) else "",
    )


def _span(subject: object, graph: Graph) -> Span:
    span = getattr(subject, "span", None)
    return span if isinstance(span, Span) else _start(graph, None)


def _crash(identity: str, graph: Graph, subject: object, error: Exception) -> Finding:
    return _crashed(
        f"the rule {identity} crashed here and checked nothing",
        _span(subject, graph),
        error,
        str(subject) if isinstance(subject, Resource) else "",
    )


def system_crash(crash: Crash, graph: Graph) -> Finding:
    """Return the finding for a system that crashed."""
    headline = f"kubelint crashed while {crash.step} {crash.system} files; some were not checked"
    return _crashed(headline, _start(graph, crash.path), crash.error)


def _start(graph: Graph, path: str | None) -> Span:
    """Return the start of a file, or of the first one: a crash that has no place of its own is shown there."""
    files = [file.source for file in graph.repository.files if path is None or file.path == path]
    return (files[0] if files else SourceFile(path or ".", "")).span(0, 0)


def _crashed(headline: str, span: Span, error: Exception, subject: str = "") -> Finding:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "?"
    return Finding(
        rule=RULE_CRASHED,
        headline=headline,
        primary=Label(span),
        severity=Severity.ERROR,
        note=f"{type(error).__name__}: {error} ({where})",
        help="report this as a defect of kubelint, with the file that it happened on",
        subject=subject,
    )
