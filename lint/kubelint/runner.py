"""Runs the rules over the graph, in several processes where that pays (floor 7)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from kubelint import workers
from kubelint.build import Crash
from kubelint.config import Settings
from kubelint.effort import EffortError
from kubelint.finding import BOUND_REACHED, RULE_CRASHED, Finding, Label, Severity
from kubelint.graph.model import Resource
from kubelint.graph.query import Graph
from kubelint.options import make_options
from kubelint.profile import Profile
from kubelint.record import files_of, from_record, to_record
from kubelint.rule import Rule
from kubelint.source import SourceFile, Span

if TYPE_CHECKING:
    from kubelint.alone import Alone

#: With so many resources a second process gains more than the fork costs (measured: docs/performance.md).
SHARED_FROM = 2_000


class Run:
    """The rules of one check; ``alone`` is what earlier runs know of single objects."""

    def __init__(self, graph: Graph, settings: Settings, alone: Alone | None, profile: Profile | None) -> None:
        self._graph = graph
        self._settings = settings
        self._alone = alone
        self._profile = profile
        self._early: _Early | None = None
        shared = profile is None and len(graph.subjects(Resource)) >= SHARED_FROM
        self._parts = workers.available() if shared else 1

    def begin(self, rules: Iterable[type[Rule[Any]]]) -> None:
        """Let other processes ask the rules that look at single objects, while this one resolves references."""
        early = [rule for rule in rules if rule.alone]
        if self._parts > 1 and early:
            self._graph.holding(())  # indexed here, once, not in each process
            sizes = [len(self._graph.subjects(rule.subject())) for rule in early]
            parts = self._parts - 1
            self._early = _Early(early, sizes, workers.Beside(self._work(early, parts), parts))

    def finish(self, rules: Sequence[type[Rule[Any]]]) -> list[Finding]:
        """Return what the rules find, rule by rule and subject by subject, in whatever process it was found.

        A rule that crashes is a finding; the others go on. Rules are pure, so subjects are shared out by their place.
        """
        begun = set() if self._early is None else set(self._early.rules)
        left = [rule for rule in rules if rule not in begun]
        found = dict(zip(left, self._ask(left), strict=True))
        found.update(self._found_early())
        again = [rule for rule in rules if rule not in found]
        found.update(zip(again, self._ask(again), strict=True))
        if self._alone is not None:
            self._alone.learn({rule.identity(): found[rule].paths for rule in rules if rule.alone})
        return [finding for rule in rules for finding in found[rule].findings]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End what :meth:`begin` has begun, where nobody has asked what came of it."""
        if self._early is not None:
            self._early.children.end()

    def _found_early(self) -> dict[type[Rule[Any]], _Found]:
        """Return what the rules that were begun have found, but for those that must be asked again."""
        if self._early is None:
            return {}
        rules, sizes, children = self._early
        self._early = None
        parts = children.results()
        if any(records is None or unchecked for records, unchecked in parts):
            return {}  # what was left unchecked is counted by who asks last
        return {
            rule: self._joined(place, parts)
            for place, rule in enumerate(rules)
            if len(self._graph.subjects(rule.subject())) == sizes[place]
        }

    def _ask(self, rules: list[type[Rule[Any]]]) -> list[_Found]:
        """Return what each of the rules finds."""
        graph = self._graph
        if self._parts == 1 or not rules:
            return self._part(rules, 0, 1)
        before = Counter(graph.unchecked)
        graph.holding(())
        results = workers.in_parts(self._work(rules, self._parts), self._parts)
        if any(records is None for records, _ in results):
            return self._part(rules, 0, 1)
        for _, unchecked in results:
            for name, count in unchecked.items():
                # What was left unchecked is counted where the graph first meets it, which each process does for itself.
                graph.unchecked[name] = max(graph.unchecked[name], before[name] + count)
        return [self._joined(place, results) for place in range(len(rules))]

    def _work(self, rules: list[type[Rule[Any]]], parts: int) -> Callable[[int], Any]:
        """Return what asks the rules in another process, about one part of their subjects."""
        graph = self._graph
        before = Counter(graph.unchecked)

        def work(part: int) -> Any:
            found = self._part(rules, part, parts)
            # A file that the graph has made up cannot be named to another process: this part is then done in one.
            whole = all(
                _is_known(graph, file) for each in found for finding in each.findings for file in files_of(finding)
            )
            records = [([to_record(finding) for finding in each.findings], each.paths) for each in found]
            return (records if whole else None), dict(graph.unchecked - before)

        return work

    def _part(self, rules: list[type[Rule[Any]]], part: int, parts: int) -> list[_Found]:
        return _run_part(rules, self._graph, self._settings, part, parts, self._profile, self._alone)

    def _joined(self, place: int, results: list[Any]) -> _Found:
        """Return what all parts have found by the rule at a place."""

        def source(path: str) -> SourceFile:
            found = self._graph.repository.source(path)
            assert found is not None  # noqa: S101 - it was known when the record was made
            return found

        found = _Found([], set())
        for parts, _ in results:
            records, paths = parts[place]
            found.findings.extend(from_record(record, source) for record in records)
            found.paths = None if found.paths is None or paths is None else found.paths | paths
        return found


@dataclass(slots=True)
class _Found:
    """What a rule has found, and the files of the subjects that it was found in; None where that cannot be told."""

    findings: list[Finding]
    paths: set[str] | None


class _Early(NamedTuple):
    """Rules that were begun, how many subjects there were then, and who works on them."""

    rules: list[type[Rule[Any]]]
    sizes: list[int]
    children: workers.Beside


def _is_known(graph: Graph, file: SourceFile) -> bool:
    return graph.repository.source(file.path) is file


def _run_part(
    selected: Iterable[type[Rule[Any]]],
    graph: Graph,
    settings: Settings,
    part: int,
    parts: int,
    profile: Profile | None,
    alone: Alone | None,
) -> list[_Found]:
    """Return the findings of each rule about one part of its subjects."""
    all_found: list[_Found] = []
    room = settings.limits.total_findings
    for number, rule_class in enumerate(selected):
        start = time.perf_counter()
        findings: list[Finding] = []
        found = _Found(findings, set())
        all_found.append(found)
        identity = rule_class.identity()
        try:
            known = alone is not None and rule_class.alone
            subjects = alone.subjects(rule_class) if known and alone is not None else rule_class.subjects(graph)
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
            found.paths = None
            continue
        check, extend = rule.check, findings.extend
        most = max(room, settings.limits.findings)  # each rule may say something, whatever the others have said
        count = 0
        graph.effort.begin()
        for subject in subjects:
            try:
                extend(check(subject, graph))
            except EffortError:
                findings.append(_stopped(identity, graph, subject))
                found.paths = None
                break
            except Exception as error:
                findings.append(_crash(identity, graph, subject, error))
            if len(findings) > count:
                count = len(findings)
                if count > most:
                    _end(identity, findings, most, settings.limits.total_findings)
                    found.paths = None
                    break
                if known and found.paths is not None:
                    found.paths.add(subject.owner.source.path)
        graph.effort.end()
        room -= len(findings)
        if profile is not None:
            profile.rule(identity, time.perf_counter() - start, len(subjects), len(findings))
    return all_found


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
