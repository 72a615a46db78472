"""The one door: ``check(root, settings) -> Report`` (floor 8)."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubelint.alone import Alone
from kubelint.build import Built, assemble, link
from kubelint.catalogue import BUILTIN_PACK, RuleEntry, RuleTable, entries, families, family_entries
from kubelint.config import ConfigurationError, Settings
from kubelint.discovery import systems
from kubelint.files import RepositoryFile
from kubelint.finding import RULE_CRASHED, Finding, Fix, Label, Safety, Severity
from kubelint.graph.model import Reference, Resolution, Resource, Unit
from kubelint.options import option_problems
from kubelint.outcome import Coverage, Outcome
from kubelint.profile import Profile
from kubelint.repository import Repository
from kubelint.rule import DEFAULT_GROUPS, Group, Rule
from kubelint.runner import Run, system_crash
from kubelint.source import Span, TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.suppress import Suppression, Suppressions, collect, removable, unused
from kubelint.system import System

if TYPE_CHECKING:
    from kubelint.baseline import Applied, Baseline
    from kubelint.file_cache import FileCache

REPOSITORY = "repository"
UNUSED_IGNORE = f"{REPOSITORY}/unused-ignore"
UNKNOWN_RULE = f"{REPOSITORY}/unknown-rule"
STALE_BASELINE = f"{REPOSITORY}/stale-baseline"


@dataclass(slots=True, kw_only=True)
class Report(Outcome):
    """What a check found, and the graph that it found it in."""

    #: What became of all findings where there is a baseline, those outside of the paths that were asked for included.
    built: Built
    baseline: Applied | None = None


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
    repository: Repository | None = None,
    profile: Profile | None = None,
    kept: FileCache | None = None,
) -> Report:
    """Check a repository.

    The graph is always the whole repository's; ``paths`` (relative to the root, POSIX form) only filter the report: by
    the primary place of a finding or, with ``touching``, by any of its places.
    ``changed`` names files too: a finding that touches none of them at any of its places is not reported.
    What ``baseline`` knows is not reported either, entries of it that hide nothing are; ``today`` decides which have
    expired.
    ``include`` names files that are read although an ignore file names them; ``overlay`` gives texts of unsaved
    buffers; ``known`` are files of an earlier check, which are not read again where their text is the same;
    ``repository`` is a look at the folder that has been taken already and stands for all of these; ``kept`` is what
    earlier runs know of single files, and is told what this one learns; the caller saves it. A crash of a rule is
    a finding, the other rules go on. ``profile`` collects what phases and rules cost; the rules then run in
    one process.

    Raises :class:`ConfigurationError` where the settings give a rule options that it does not take.
    """
    with collector_paused():
        return _check(
            root,
            settings or Settings(),
            paths=paths,
            include=include,
            overlay=overlay,
            packs=packs,
            touching=touching,
            changed=changed,
            baseline=baseline,
            today=today,
            known=known,
            repository=repository,
            profile=profile or Profile(wanted=False),
            kept=kept,
        )


@contextmanager
def collector_paused() -> Iterator[None]:
    """Do not look for cyclic garbage: all that a check makes lives as long as it does, and looking costs a third."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _check(
    root: Path,
    settings: Settings,
    *,
    paths: Collection[str],
    include: Iterable[str],
    overlay: Mapping[str, str] | None,
    packs: tuple[str, ...],
    touching: bool,
    changed: Collection[str] | None,
    baseline: Baseline | None,
    today: date | None,
    known: Mapping[str, RepositoryFile] | None,
    repository: Repository | None,
    profile: Profile,
    kept: FileCache | None,
) -> Report:
    verify_options(settings, packs)
    with profile.phase("reading"):
        if repository is None:
            repository = Repository(
                root,
                exclude=settings.exclude,
                include=include,
                overlay=overlay,
                limits=settings.limits,
                known=known,
                kept=kept,
            )
    all_systems = systems()
    built = assemble(repository, settings, all_systems, profile)
    possible = _possible(built, all_systems, packs)
    selected = [entry for entry in possible if is_selected(entry, settings)]
    alone = Alone(built.graph, all_systems, kept) if kept is not None and repository.keeps else None
    with Run(built.graph, settings, alone, profile if profile.wanted else None) as run:
        with profile.phase("importing rules"):
            run.begin(_classes(built, [entry for entry in selected if entry.alone]))
        link(built, profile)
        with profile.phase("importing rules"):
            classes = _classes(built, selected)
        with profile.phase("rules"):
            raw = [system_crash(crash, built.graph) for crash in built.crashes]
            raw += run.finish(classes)
    with profile.phase("suppressing, sorting, counting"):
        suppressions = collect(built, repository.files)
        findings, suppressed = _judge(raw, suppressions, settings)
        findings += _directive_findings(suppressions, selected, settings, packs)
        findings = _merged([*findings, *_setting_findings(settings, packs)])
        applied = None
        if baseline is not None:
            from kubelint import baseline as baselines

            running = {entry.identity() for entry in selected}
            applied = baselines.apply(baseline, findings, running=running, today=today or date.today())
            findings = applied.new + _baseline_findings(applied, packs, settings)
        if paths:
            findings = [finding for finding in findings if _reported(finding, paths, touching=touching)]
        if changed is not None:
            findings = [finding for finding in findings if _reported(finding, changed, touching=True)]
        findings.sort(key=lambda finding: finding.sort_key)
        suppressed = sorted(_merged(suppressed), key=lambda finding: finding.sort_key)
        coverage = _coverage(repository, built)
    return Report(
        root=repository.root,
        findings=findings,
        suppressed=suppressed,
        coverage=coverage,
        rules=RuleTable([entry.identity() for entry in possible], packs),
        settings=settings,
        hidden=0 if applied is None else len(applied.hidden),
        built=built,
        baseline=applied,
    )


def verify_options(settings: Settings, packs: tuple[str, ...] = (BUILTIN_PACK,)) -> None:
    """Raise :class:`ConfigurationError` with all that is wrong with the options given to the rules of the packs."""
    if not settings.option_nodes:
        return
    known = _known_rules(packs)
    problems = option_problems(settings, [known[name].load() for name in settings.option_nodes if name in known])
    if problems:
        raise ConfigurationError(problems)


def is_selected(rule: RuleEntry | type[Rule[Any]], settings: Settings) -> bool:
    """Tell whether a rule runs under these settings: one of the default groups does unless they say otherwise."""
    return settings.selects(rule.identity(), rule.group.value, by_default=rule.group in DEFAULT_GROUPS)


def _possible(built: Built, all_systems: Iterable[System], packs: tuple[str, ...]) -> list[RuleEntry]:
    """Return the rules of the families that have something to look at."""
    present = {document.system for document in built.documents}
    # What builds on Kubernetes detects nothing itself: its objects show that it is there.
    present |= {resource.key.system for resource in built.graph.subjects(Resource)}
    absent = {system.name for system in all_systems} - present
    return [
        entry
        for pack in packs
        for family in families(pack)
        if family not in absent
        for entry in family_entries(family, pack)
    ]


def _classes(built: Built, selected: Iterable[RuleEntry]) -> list[type[Rule[Any]]]:
    """Return the classes of the rules; one about something that is not here is not even imported."""
    graph = built.graph
    asked = graph.subject_names()
    return [
        entry.load()
        for entry in selected
        if entry.subject in asked
        and (not entry.beside or not asked.isdisjoint(entry.beside))
        and (not entry.keys or graph.holding(entry.keys))
        and (not entry.references or graph.referring(entry.references))
    ]


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


def _known_rules(packs: tuple[str, ...]) -> dict[str, RuleEntry]:
    return {entry.identity(): entry for entry in entries(packs)}


def _directive_findings(
    suppressions: Suppressions,
    selected: Iterable[RuleEntry],
    settings: Settings,
    packs: tuple[str, ...],
) -> list[Finding]:
    if not suppressions.all:
        return []
    known = _known_rules(packs)
    running = {rule.identity() for rule in selected} | {RULE_CRASHED}
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


def _enabled(identity: str, known: Mapping[str, RuleEntry], settings: Settings) -> bool:
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


__all__ = ["Coverage", "Reference", "Report", "Unit", "check", "is_selected", "verify_options"]
