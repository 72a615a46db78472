"""The one door: ``check(root, settings) -> Report`` (floor 8)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from kubelint import baseline as baselines
from kubelint.baseline import Applied, Baseline
from kubelint.build import Built, Crash, build
from kubelint.config import ConfigurationError, Settings
from kubelint.discovery import BUILTIN_PACK, families, family_rules, systems
from kubelint.finding import Finding, Fix, Label, Safety, Severity
from kubelint.graph.model import Reference, Resolution, Resource, Unit
from kubelint.graph.query import Graph
from kubelint.options import make_options, option_problems
from kubelint.repository import Repository, RepositoryFile, Skipped
from kubelint.rule import DEFAULT_GROUPS, Group, Rule
from kubelint.source import SourceFile, Span, TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.suppress import Suppression, Suppressions, collect, removable, unused
from kubelint.system import System

REPOSITORY = "repository"
UNUSED_IGNORE = f"{REPOSITORY}/unused-ignore"
UNKNOWN_RULE = f"{REPOSITORY}/unknown-rule"
RULE_CRASHED = f"{REPOSITORY}/rule-crashed"
STALE_BASELINE = f"{REPOSITORY}/stale-baseline"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was checked and what was not: the counts of the last line of a report."""

    files: int = 0
    documents: Mapping[str, int] = field(default_factory=dict)
    units: int = 0
    references: int = 0
    #: References that may lead out of the repository, and so were not judged.
    unresolved: int = 0
    #: Values that hold a template or a placeholder.
    opaque_values: int = 0
    #: Objects of kinds without a schema: only names and references were checked.
    opaque_objects: int = 0
    #: Files that are templates and cannot be read before they are rendered.
    templated: tuple[str, ...] = ()
    #: YAML files of no known system: checked for syntax only.
    unclaimed: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    ignored: int = 0
    #: What else could not be judged, by name: rules in a language that could not be evaluated.
    unchecked: Mapping[str, int] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there was nothing to check."""
        return not self.documents


@dataclass(slots=True)
class Report:
    """What a check found.

    ``rules`` are the classes of all rules that could have fired, by id; ``suppressed`` the findings that a directive
    or the configuration took away (those that reports may still show as suppressed); ``baseline`` what became of all
    findings where there is a baseline, those outside of the paths that were asked for included.
    """

    root: Path
    findings: list[Finding]
    suppressed: list[Finding]
    coverage: Coverage
    rules: Mapping[str, type[Rule[Any]]]
    settings: Settings
    built: Built
    baseline: Applied | None = None

    def counts(self) -> Counter[Severity]:
        """Return the number of findings of each severity."""
        return Counter(finding.severity for finding in self.findings)

    def failed(self, threshold: Severity) -> bool:
        """Tell whether there is a finding at or above a severity."""
        return any(finding.severity >= threshold for finding in self.findings)


def check(
    root: Path,
    settings: Settings | None = None,
    *,
    paths: Collection[str] = (),
    include: Iterable[str] = (),
    overlay: Mapping[str, str] | None = None,
    packs: tuple[str, ...] = (BUILTIN_PACK,),
    touching: bool = False,
    changed: Collection[str] | None = None,
    baseline: Baseline | None = None,
    today: date | None = None,
    known: Mapping[str, RepositoryFile] | None = None,
) -> Report:
    """Check a repository.

    The graph is always the whole repository's; ``paths`` (relative to the root, POSIX form) only filter the report: by
    the primary place of a finding or, with ``touching``, by any of its places.
    ``changed`` names files too: a finding that touches none of them at any of its places is not reported.
    What ``baseline`` knows is not reported either, entries of it that hide nothing are; ``today`` decides which have
    expired.
    ``include`` names files that are read although an ignore file names them; ``overlay`` gives texts of unsaved
    buffers; ``known`` are files of an earlier check, which are not read again where their text is the same. A crash of
    a rule is a finding, the other rules go on.

    Raises :class:`ConfigurationError` where the settings give a rule options that it does not take.
    """
    settings = settings or Settings()
    verify_options(settings, packs)
    repository = Repository(
        root, exclude=settings.exclude, include=include, overlay=overlay, limits=settings.limits, known=known
    )
    all_systems = systems()
    built = build(repository, settings, all_systems)
    classes = _classes(built, all_systems, packs, settings)
    selected = select(classes, settings)
    raw = [_system_crash(crash, built.graph) for crash in built.crashes]
    raw += _run(selected, built.graph, settings)
    suppressions = collect(built, repository.files)
    findings, suppressed = _judge(raw, suppressions, settings)
    findings += _directive_findings(suppressions, classes, selected, settings, packs)
    findings += _setting_findings(settings, packs)
    findings = _merged(findings)
    applied = None
    if baseline is not None:
        running = {rule.identity() for rule in selected}
        applied = baselines.apply(baseline, findings, running=running, today=today or date.today())
        findings = applied.new + _baseline_findings(applied, packs, settings)
    if paths:
        findings = [finding for finding in findings if _reported(finding, paths, touching=touching)]
    if changed is not None:
        findings = [finding for finding in findings if _reported(finding, changed, touching=True)]
    return Report(
        root=repository.root,
        findings=sorted(findings, key=lambda finding: finding.sort_key),
        suppressed=sorted(_merged(suppressed), key=lambda finding: finding.sort_key),
        coverage=_coverage(repository, built),
        rules={rule.identity(): rule for rule in classes},
        settings=settings,
        built=built,
        baseline=applied,
    )


def verify_options(settings: Settings, packs: tuple[str, ...] = (BUILTIN_PACK,)) -> None:
    """Raise :class:`ConfigurationError` with all that is wrong with the options given to the rules of the packs."""
    if not settings.option_nodes:
        return
    problems = option_problems(settings, _known_rules(packs).values())
    if problems:
        raise ConfigurationError(problems)


def select(classes: Iterable[type[Rule[Any]]], settings: Settings) -> list[type[Rule[Any]]]:
    """Return the rules that run: those of the default groups unless the settings say otherwise."""
    return [rule for rule in classes if is_selected(rule, settings)]


def is_selected(rule: type[Rule[Any]], settings: Settings) -> bool:
    """Tell whether a rule runs under these settings."""
    return settings.selects(rule.identity(), rule.group.value, by_default=rule.group in DEFAULT_GROUPS)


def _classes(
    built: Built, all_systems: Iterable[System], packs: tuple[str, ...], settings: Settings
) -> list[type[Rule[Any]]]:
    """Return the rules of the families that have something to look at: importing the others would be for nothing."""
    present = {document.system for document in built.documents}
    # What builds on Kubernetes detects nothing itself: its objects show that it is there.
    present |= {resource.key.system for resource in built.graph.subjects(Resource)}
    absent = {system.name for system in all_systems} - present
    del settings
    return [
        rule
        for pack in packs
        for family in families(pack)
        if family not in absent
        for rule in family_rules(family, pack)
    ]


def _run(selected: Iterable[type[Rule[Any]]], graph: Graph, settings: Settings) -> list[Finding]:
    findings: list[Finding] = []
    for rule_class in selected:
        identity = rule_class.identity()
        try:
            subject_class = rule_class.subject()
            subjects = [graph] if subject_class is Graph else graph.subjects(subject_class)
            if not subjects:
                continue
            rule = rule_class(make_options(rule_class, settings.options.get(identity, {})))
        except Exception as error:
            findings.append(_crash(identity, graph, None, error))
            continue
        for subject in subjects:
            try:
                findings.extend(rule.check(subject, graph))
            except Exception as error:
                findings.append(_crash(identity, graph, subject, error))
    return findings


def _crash(identity: str, graph: Graph, subject: object, error: Exception) -> Finding:
    span = getattr(subject, "span", None)
    return _crashed(
        f"the rule {identity} crashed here and checked nothing",
        span if isinstance(span, Span) else _start(graph, None),
        error,
        str(subject) if isinstance(subject, Resource) else "",
    )


def _system_crash(crash: Crash, graph: Graph) -> Finding:
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


def _judge(
    raw: Iterable[Finding], suppressions: Suppressions, settings: Settings
) -> tuple[list[Finding], list[Finding]]:
    kept: list[Finding] = []
    suppressed: list[Finding] = []
    for finding in raw:
        judged = finding
        if finding.rule in settings.severity:
            judged = judged.with_severity(settings.severity[finding.rule])
        ignored = False
        for override in settings.overrides:
            if override.applies(finding.span.file.path, finding.subject):
                ignored = (
                    ignored or finding.rule in override.ignore or finding.rule.partition("/")[0] in override.ignore
                )
                if finding.rule in override.severity:
                    judged = judged.with_severity(override.severity[finding.rule])
        if suppressions.suppresses(finding) or ignored:
            suppressed.append(judged)
        else:
            kept.append(judged)
    return kept, suppressed


def _known_rules(packs: tuple[str, ...]) -> dict[str, type[Rule[Any]]]:
    return {rule.identity(): rule for pack in packs for family in families(pack) for rule in family_rules(family, pack)}


def _directive_findings(
    suppressions: Suppressions,
    classes: Iterable[type[Rule[Any]]],
    selected: Iterable[type[Rule[Any]]],
    settings: Settings,
    packs: tuple[str, ...],
) -> list[Finding]:
    if not suppressions.all:
        return []
    known = _known_rules(packs)
    running = {rule.identity() for rule in selected} | {RULE_CRASHED}
    del classes
    findings: list[Finding] = []
    for suppression in suppressions.all:
        if suppression.error is not None:
            findings.append(
                Finding(
                    UNKNOWN_RULE,
                    "this directive is not understood",
                    Label(suppression.span),
                    Severity.WARNING,
                    help=suppression.error,
                )
            )
        elif suppression.rule not in known:
            findings.append(_unknown_rule(suppression.rule, suppression.span, known))
    findings += [
        Finding(
            UNUSED_IGNORE,
            f"nothing is ignored here: `{suppression.rule}` finds nothing",
            Label(suppression.span),
            Severity.WARNING,
            help="remove the directive",
            fix=_removal(suppression),
        )
        for suppression in unused(suppressions)
        # A rule that does not run cannot tell whether its directive is still needed.
        if suppression.rule in known and suppression.rule in running
    ]
    return [finding for finding in findings if _enabled(finding.rule, known, settings)]


def _removal(suppression: Suppression) -> Fix | None:
    """Return the fix that takes a rule out of a directive, and the directive away with its last rule."""
    span = removable(suppression)
    return None if span is None else Fix("remove the directive", (TextEdit(span, ""),), Safety.SAFE)


def _setting_findings(settings: Settings, packs: tuple[str, ...]) -> list[Finding]:
    """Return a finding for each rule, system or group of the configuration that does not exist."""
    if not settings.mentions:
        return []
    known = _known_rules(packs)
    names = {*known, *(rule.family() for rule in known.values()), *(group.value for group in Group), "all"}
    found = [
        _unknown_rule(node.text, node.span, dict.fromkeys(names))
        for node in settings.mentions
        if node.text not in names
    ]
    return [finding for finding in found if _enabled(finding.rule, known, settings)]


def _baseline_findings(applied: Applied, packs: tuple[str, ...], settings: Settings) -> list[Finding]:
    """Return a finding for each entry of the baseline that no longer hides what it says."""
    known = _known_rules(packs)
    found: list[Finding] = []
    for entry, count in applied.stale:
        if entry.span is not None:
            headline = f"`{entry.identity.rule}` finds this less often: {count} of {entry.count} times"
            found.append(
                Finding(
                    STALE_BASELINE,
                    headline if count else f"`{entry.identity.rule}` no longer finds this in `{entry.identity.file}`",
                    Label(entry.span),
                    Severity.INFO,
                    help="run `kubelint baseline prune`",
                )
            )
    return [finding for finding in found if _enabled(finding.rule, known, settings)]


def _unknown_rule(name: str, span: Span, known: Mapping[str, object]) -> Finding:
    tail = [rule for rule in known if rule.rpartition("/")[2] == name]
    meant = did_you_mean(tail or nearest(name, known))
    return Finding(
        UNKNOWN_RULE, f"there is no rule `{name}`", Label(span, meant), Severity.WARNING, help="see `kubelint rules`"
    )


def _enabled(identity: str, known: Mapping[str, type[Rule[Any]]], settings: Settings) -> bool:
    rule = known.get(identity)
    return rule is None or is_selected(rule, settings)


def _reported(finding: Finding, paths: Collection[str], *, touching: bool) -> bool:
    files = {label.span.file.path for label in (finding.labels if touching else finding.labels[:1])}
    return any(path in ("", ".") or path == file or file.startswith(path + "/") for path in paths for file in files)


def _merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return each finding once: the same rule, place and headline found in several units is one."""
    groups: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.identity].append(finding)
    merged: list[Finding] = []
    for group in groups.values():
        first = group[0]
        holds = sorted({unit for finding in group for unit in finding.holds_in})
        merged.append(replace(first, holds_in=tuple(holds)) if holds != list(first.holds_in) else first)
    return merged


def _coverage(repository: Repository, built: Built) -> Coverage:
    counts: Counter[str] = Counter(document.system for document in built.documents)
    references = built.graph.references
    distinct: set[tuple[str, tuple[str, int, int]]] = set()
    unresolved: set[tuple[str, tuple[str, int, int]]] = set()
    for reference in references:
        where = (reference.kind, reference.span.key)
        distinct.add(where)
        if reference.resolution is Resolution.UNKNOWN:
            unresolved.add(where)
    return Coverage(
        files=len({document.source.path for document in built.documents}),
        documents=dict(sorted(counts.items())),
        units=len(built.graph.units),
        references=len(distinct),
        unresolved=len(unresolved),
        opaque_values=built.opaque_values,
        opaque_objects=len({id(resource.root) for resource in built.graph.subjects(Resource) if resource.opaque}),
        unchecked=dict(sorted(built.graph.unchecked.items())),
        templated=tuple(built.templated),
        unclaimed=tuple(built.unclaimed),
        skipped=tuple(repository.skipped),
        ignored=repository.ignored,
    )


__all__ = ["Coverage", "Reference", "Report", "Unit", "check", "is_selected", "select", "verify_options"]
