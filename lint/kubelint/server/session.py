"""One repository in the editor: files on disk, buffers over them, and the last check of both.

A buffer that does not parse is served by its last text that did: its findings stay where they are, moved by the edits
since, and what is wrong with the syntax is added. So nothing flickers while somebody types. Between two whole checks
the findings are those of the last one, moved, with what :mod:`kubelint.server.preview` can tell of the edits since.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from kubelint import baseline as baselines
from kubelint.baseline import Baseline
from kubelint.config import BASELINE_NAME, FILE_NAMES, ConfigurationError, Settings, find_configuration, load
from kubelint.files import DOCKERFILE, DOTENV, INI, NGINX, YAML, Limits, RepositoryFile, decode, syntax_of
from kubelint.finding import Finding, Label
from kubelint.outcome import Outcome
from kubelint.profile import Profile
from kubelint.server.shift import Shift, moved_finding, moved_span
from kubelint.source import SourceFile, Span
from kubelint.tree.problem import Problem, SyntaxProblem

if TYPE_CHECKING:
    from kubelint.check import Report
    from kubelint.graph.query import Graph
    from kubelint.server.preview import Preview

UNPARSABLE = "repository/unparsable-document"
#: Seconds that a whole check may take without anything being foretold first.
QUICK = 0.04


class AbandonedError(BaseException):
    """A check was no longer wanted. Not an Exception: nothing that reports crashes may take it for one."""


class Interruptible(Profile):
    """A profile that measures nothing: it ends the check, between two phases or rules, once that is abandoned."""

    abandoned = False

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Raise :class:`AbandonedError` where the check is no longer wanted."""
        del name
        self.go_on()
        yield

    def rule(self, rule: str, seconds: float, subjects: int, findings: int) -> None:
        """Raise :class:`AbandonedError` where the check is no longer wanted."""
        del rule, seconds, subjects, findings
        self.go_on()

    def go_on(self) -> None:
        """Raise :class:`AbandonedError` where the check is no longer wanted."""
        if self.abandoned:
            raise AbandonedError


@dataclass(slots=True)
class Buffer:
    """An open file: its text, and the last text of it that could be read."""

    text: str
    served: str
    problems: list[Problem] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """Whether the text does not parse, so that an older one is served."""
        return self.text != self.served


@dataclass(slots=True)
class Task:
    """A whole check that is to be made: of which texts, with which settings. It may be made in another thread."""

    root: Path
    settings: Settings
    baseline: Baseline | None
    overlay: dict[str, str]
    known: dict[str, RepositoryFile]
    revision: int
    watch: Interruptible = field(default_factory=Interruptible)
    problems: list[Problem] | None = None
    seconds: float = 0.0

    def run(self) -> Report | None:
        """Return the report; None where the check was abandoned."""
        began = time.perf_counter()
        try:
            try:
                return self._check()
            except ConfigurationError as error:
                self.problems, self.settings = error.problems, Settings()
                return self._check()
        except AbandonedError:
            return None
        finally:
            self.seconds = time.perf_counter() - began

    def _check(self) -> Report:
        from kubelint.check import check  # what an earlier process has found is shown without it

        return check(
            self.root,
            self.settings,
            overlay=self.overlay,
            baseline=self.baseline,
            known=self.known,
            profile=self.watch,
        )


class Session:
    """A repository with its buffers. Paths are relative to the root, in POSIX form."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root).resolve()
        self.buffers: dict[str, Buffer] = {}
        self.settings = Settings()
        self.configuration_problems: list[Problem] = []
        self.baseline: Baseline | None = None
        self._files: dict[str, RepositoryFile] = {}
        self._report: Report | None = None
        #: What was changed since the last whole check: counts up, and which buffers; None: anything may have.
        self._revision = 0
        self._checked = -1
        self._changed: set[str] | None = None
        self._seconds = 0.0
        self._preview: Preview | None = None
        self._foretold: dict[str, list[Finding]] = {}
        self._by_path: dict[str, list[Finding]] = {}
        self.reload()

    # -- what changes it -------------------------------------------------------------------------------------------

    def open(self, path: str, text: str) -> None:
        """Take a buffer in the place of a file, or a new text of it."""
        known = self.buffers.get(path)
        file, problems = _file(path, text), []
        served = text
        if known is not None:  # else there is no other text to serve, and the check will read this one
            problems = _syntax_problems(file)
            served = known.served if problems else text
        self.buffers[path] = Buffer(text, served, problems if served != text else [])
        if known is not None and known.served == served:
            return
        if file is not None and served == text:
            self._files[path] = file
        if known is None and self._text(path) == served:
            return  # a file that is opened is what the last check has seen of it
        self._touch(path if self._text(path) is not None else None)

    def close(self, path: str) -> None:
        """Look at the file on disk again."""
        buffer = self.buffers.pop(path, None)
        if buffer is not None and not (self._text(path) == buffer.served == self._on_disk(path)):
            self._touch(None)

    def _text(self, path: str) -> str | None:
        """Return the text of a file that the last whole check has seen; None where there was none."""
        source = None if self._report is None else self._report.built.graph.repository.source(path)
        return None if source is None else source.text

    def _on_disk(self, path: str) -> str | None:
        try:
            return decode(path, (self.root / path).read_bytes())[0].text
        except (OSError, ValueError):
            return None

    def invalidate(self, paths: Iterable[str] = ()) -> None:
        """Forget what was found: files on disk have changed; those of our own configuration are read again."""
        if any(path in (*FILE_NAMES, BASELINE_NAME) for path in paths):
            self.reload()
        self._touch(None)

    def _touch(self, path: str | None) -> None:
        """Note that a buffer has changed; None: more than the text of a buffer has."""
        if path is None:
            self._changed = None
            self._foretold = {}
        elif self._changed is not None:
            self._changed.add(path)
        self._revision += 1

    def reload(self) -> None:
        """Read the configuration and the baseline; what cannot be used is reported in their files."""
        self.configuration_problems = []
        self.settings, self.baseline = Settings(), None
        path = find_configuration(self.root)
        try:
            if path is not None:
                self.settings = load(path, path.name)
            entries = self.root / BASELINE_NAME
            if entries.is_file():
                self.baseline = baselines.load(entries, BASELINE_NAME)
        except ConfigurationError as error:
            self.configuration_problems = error.problems
        self._touch(None)

    # -- what it knows ---------------------------------------------------------------------------------------------

    @property
    def is_new(self) -> bool:
        """Whether nothing has been checked yet."""
        return self._report is None

    @property
    def settled(self) -> bool:
        """Whether the last whole check is one of what is there now."""
        return self._report is not None and self._checked == self._revision

    @property
    def report(self) -> Report:
        """What a check of the repository with its buffers finds; worked out when asked for after a change."""
        if not self.settled or self._report is None:
            task = self.task()
            report = task.run()
            assert report is not None  # noqa: S101 - nobody abandons it
            self.take(task, report)
            return report
        return self._report

    def task(self) -> Task:
        """Return the whole check that is due."""
        overlay = {path: buffer.served for path, buffer in self.buffers.items()}
        if self.is_new:  # a buffer that is as the file is no reason for the cache not to know it
            overlay = {path: text for path, text in overlay.items() if text != self._on_disk(path)}
        return Task(self.root, self.settings, self.baseline, overlay, dict(self._files), self._revision)

    def take(self, task: Task, report: Report) -> None:
        """Take the report of a whole check; nothing happens where something has changed since it was asked for."""
        if task.revision != self._revision:
            return
        if task.problems is not None:
            self.configuration_problems, self.settings = task.problems, task.settings
        self._files = {file.path: file for file in report.built.graph.repository.files}
        self._report, self._checked, self._seconds = report, task.revision, task.seconds
        self._changed, self._preview, self._foretold = set(), None, {}
        self._by_path = _by_path(report.findings)

    @property
    def graph(self) -> Graph:
        """The graph of the repository with its buffers."""
        return self.report.built.graph

    def recall(self, outcome: Outcome) -> None:
        """Show what an earlier process has found in the files on disk, until the first check has been made."""
        if self._report is None:
            self._by_path = _by_path(outcome.findings)

    def _is_shown(self, finding: Finding) -> bool:
        """Tell whether what was found on disk holds for the buffers, which no check has seen yet."""
        buffers = ((self.buffers.get(label.span.file.path), label.span.file) for label in finding.labels)
        return all(buffer is None or buffer.text == file.text for buffer, file in buffers)

    def foretell(self) -> bool:
        """Work out from the files around an edit what a whole check will say; False where that cannot be told."""
        if self._report is None or not self._changed or self.settled or self._seconds < QUICK:
            return False
        changed = frozenset(self._changed)
        if self._preview is None or not changed <= self._preview.changed:
            self._preview = self._around(self._report, changed)
        if not self._preview.useful:
            return False
        texts = {path: self.buffers[path].served for path in changed}
        self._foretold = self._preview.findings(texts)
        return True

    def expect(self, path: str) -> None:
        """Prepare for edits of a file."""
        if self._report is not None and self.settled and self._seconds >= QUICK and self._preview is None:
            self._preview = self._around(self._report, frozenset([path]))

    def _around(self, report: Report, changed: frozenset[str]) -> Preview:
        from kubelint.server.preview import Preview

        return Preview(report, self.baseline, changed)

    def probe(self, path: str, text: str) -> Graph:
        """Return the graph that the repository would have with another text of one file."""
        from kubelint.check import check

        overlay = {name: buffer.served for name, buffer in self.buffers.items()}
        settings = replace(self.settings, select=())
        return check(self.root, settings, overlay={**overlay, path: text}, known=self._files).built.graph

    def findings(self, path: str) -> list[Finding]:
        """Return the findings that are shown in a file, at places of its buffer: known, or foretold since."""
        known = self._foretold.get(path)
        shown = self._by_path.get(path, ()) if known is None else known
        if self._report is None:
            shown = [finding for finding in shown if self._is_shown(finding)]
        found = [self.placed(finding) for finding in shown]
        buffer = self.buffers.get(path)
        if buffer is not None and buffer.broken:
            found = [finding for finding in found if finding.rule != UNPARSABLE]
            found += [_syntax_finding(problem) for problem in buffer.problems]
        found += [
            _setting_finding(problem) for problem in self.configuration_problems if problem.span.file.path == path
        ]
        return sorted(found, key=lambda finding: finding.sort_key)

    def placed(self, finding: Finding) -> Finding:
        """Return a finding with all its places in the texts of the buffers."""
        return moved_finding(finding, self._buffer)

    def in_buffer(self, span: Span) -> Span:
        """Return a span of a served text as one of the buffer."""
        return moved_span(span, self._buffer(span.file.path))

    def _buffer(self, path: str) -> SourceFile | None:
        buffer = self.buffers.get(path)
        return None if buffer is None else SourceFile(path, buffer.text)

    def offset(self, path: str, offset: int) -> int:
        """Return where an offset of a buffer is in the text that is served for it."""
        buffer = self.buffers.get(path)
        if buffer is None or not buffer.broken:
            return offset
        return Shift.between(buffer.served, buffer.text).back(offset)

    def source(self, path: str) -> SourceFile | None:
        """Return the text that the editor shows for a file; None where it is not read."""
        buffer = self.buffers.get(path)
        if buffer is not None:
            return SourceFile(path, buffer.text)
        return self.graph.repository.source(path)


def _by_path(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.span.file.path, []).append(finding)
    return found


def _file(path: str, text: str) -> RepositoryFile | None:
    """Return a file with this text; None for what is not read."""
    syntax = syntax_of(path)
    return None if syntax is None else RepositoryFile(SourceFile(path, text), syntax, Limits())


def _syntax_problems(file: RepositoryFile | None) -> list[Problem]:
    """Return what keeps a file from being read as a whole."""
    if file is None:
        return []
    tree = file.syntax if file.syntax in (INI, DOCKERFILE, DOTENV, NGINX) else YAML
    problems: list[Problem] = getattr(file, tree).problems
    return [problem for problem in problems if isinstance(problem, SyntaxProblem)]


def _syntax_finding(problem: Problem) -> Finding:
    related = () if problem.related is None else (Label(*problem.related),)
    return Finding(UNPARSABLE, problem.message, Label(problem.span), related=related, help=problem.help)


def _setting_finding(problem: Problem) -> Finding:
    return Finding("repository/configuration", problem.message, Label(problem.span), help=problem.help)
