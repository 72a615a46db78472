"""What a check will say, before it has been made: the files around an edit are checked alone.

A check of a whole repository is too slow for every key press. Its answer for the files around an edit can be foretold:
these files are checked alone, once with the texts of the last whole check and once with those of now, and what differs
between the two is what the edit has done. Everything else stays as the whole check has it, so nothing flickers. What
such a small check cannot know is left to the whole one, which follows when nobody types:

- a rule that said something else of the small part than of the whole is not believed (it looks further);
- a finding at a name that is also written in files outside of the part is not believed (they may have its other end).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from kubelint.baseline import Baseline
from kubelint.check import Report, check
from kubelint.files import syntax_of
from kubelint.finding import Finding
from kubelint.graph.model import Entity, Reference, Unit
from kubelint.graph.query import Graph
from kubelint.server import lookup
from kubelint.server.shift import moved_finding

#: A part with more files than this is no faster than what a user would wait for.
MOST_FILES = 250
Identity: TypeAlias = tuple[object, ...]


class Preview:
    """The files around some changed ones, and what the last whole check says of them."""

    def __init__(self, report: Report, baseline: Baseline | None, changed: frozenset[str]) -> None:
        self.report = report
        self.changed = changed
        self._baseline = baseline
        graph = report.built.graph
        self.core, self.paths = _around(graph, changed)
        self.useful = (
            all(syntax_of(path) is not None for path in changed)
            and len(self.paths) <= MOST_FILES
            and 2 * len(self.paths) <= len(graph.repository.files)
        )
        if not self.useful:
            return
        self._before = self._check({}).findings
        whole, part = _by_rule(report.findings, self.core), _by_rule(self._before, self.core)
        self._doubtful = {rule for rule in whole.keys() | part.keys() if whole.get(rule) != part.get(rule)}

    def findings(self, texts: Mapping[str, str]) -> dict[str, list[Finding]]:
        """Return what a whole check of these texts will find in the files around them, as far as can be told."""
        part = self._check(texts)
        graph = part.built.graph
        source = graph.repository.source
        before = {_identity(moved_finding(finding, source)) for finding in self._before}
        after = {_identity(finding): finding for finding in part.findings}
        gone = before - after.keys()
        found: dict[str, list[Finding]] = {path: [] for path in self.core}
        for finding in self.report.findings:
            if finding.span.file.path in found:
                moved = moved_finding(finding, source)
                identity = _identity(moved)
                if identity in after:  # its places are certain, and so is its fix
                    after.pop(identity)
                    found[moved.span.file.path].append(finding if moved is finding else moved)
                elif identity not in gone or finding.rule in self._doubtful:
                    found[moved.span.file.path].append(moved)
        for identity, finding in after.items():
            path = finding.span.file.path
            if path not in found or identity in before or finding.rule in self._doubtful:
                continue
            if not self._is_named_elsewhere(graph, finding):
                found[path].append(finding)
        return found

    def _check(self, texts: Mapping[str, str]) -> Report:
        repository = self.report.built.graph.repository.part(self.paths, texts)
        return check(repository.root, self.report.settings, repository=repository, baseline=self._baseline)

    def _is_named_elsewhere(self, graph: Graph, finding: Finding) -> bool:
        path, start, text = finding.span.file.path, finding.span.start, finding.span.text.strip("\"'")
        if not text or not (lookup.references_at(graph, path, start) or lookup.entities_at(graph, path, start)):
            return False
        return any(
            text in file.text for file in self.report.built.graph.repository.files if file.path not in self.paths
        )


def _identity(finding: Finding) -> Identity:
    return (finding.rule, finding.headline, finding.severity, tuple(label.span.key for label in finding.labels))


def _by_rule(findings: Iterable[Finding], paths: Collection[str]) -> dict[str, set[Identity]]:
    found: dict[str, set[Identity]] = defaultdict(set)
    for finding in findings:
        if finding.span.file.path in paths:
            found[finding.rule].add(_identity(finding))
    return found


def _around(graph: Graph, changed: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the files of the units that the changed files belong to, and these with all at the ends of references."""
    files_of: dict[int, set[str]] = {id(unit): set(_files(unit)) for unit in graph.units}
    folders = {path.rpartition("/")[0] for path in changed}
    core = {
        id(unit): unit
        for unit in graph.units
        if not files_of[id(unit)].isdisjoint(changed) or (unit.kind == "directory" and unit.path in folders)
    }
    for reference in graph.references:  # a patch, a script, a file of variables belongs to those who read it
        if any(target.node.source.path in changed for target in reference.targets):
            core.setdefault(id(reference.source.unit), reference.source.unit)
    paths = set(changed).union(*(files_of[unit] for unit in core))
    # A file beside them that is broken, or that is a template, makes names unknown.
    folders |= {path.rpartition("/")[0] for path in paths}
    inner = paths | {file.path for file in graph.repository.files if file.directory in folders}
    outer = set(inner)
    for unit in core.values():
        for resource in unit.resources:
            for reference in (*graph.outgoing(resource), *graph.incoming(resource)):
                for end in _ends(reference):
                    outer.add(end.node.source.path)
                    outer |= files_of.get(id(end.unit), set())
    return frozenset(inner), frozenset(outer)


def _ends(reference: Reference) -> Iterator[Entity]:
    yield reference.source
    yield from reference.targets
    yield from reference.candidates


def _files(unit: Unit) -> Iterator[str]:
    for resource in unit.resources:
        yield resource.root.source.path
        yield resource.document.source.path
        yield resource.node.source.path
