"""One repository in the editor: files on disk, buffers over them, and the last check of both.

A buffer that does not parse is served by its last text that did: its findings stay where they are, moved by the edits
since, and what is wrong with the syntax is added. So nothing flickers while somebody types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kubelint import baseline as baselines
from kubelint.baseline import Baseline
from kubelint.check import Report, check
from kubelint.config import BASELINE_NAME, FILE_NAMES, ConfigurationError, Settings, find_configuration, load
from kubelint.finding import Finding, Fix, Label
from kubelint.graph.query import Graph
from kubelint.repository import DOCKERFILE, DOTENV, INI, NGINX, YAML, Limits, RepositoryFile, syntax_of
from kubelint.source import SourceFile, Span, TextEdit
from kubelint.tree.problem import Problem, SyntaxProblem

UNPARSABLE = "repository/unparsable-document"


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


@dataclass(frozen=True, slots=True)
class Shift:
    """How offsets of the served text become offsets of the buffer: one stretch of it has been replaced."""

    start: int
    end: int
    delta: int

    @classmethod
    def between(cls, old: str, new: str) -> Shift:
        """Return the shift for two texts: what they begin and end with alike stays."""
        shortest = min(len(old), len(new))
        start = next((i for i in range(shortest) if old[i] != new[i]), shortest)
        tail = next((i for i in range(shortest - start) if old[-1 - i] != new[-1 - i]), shortest - start)
        return cls(start, len(old) - tail, len(new) - len(old))

    def moved(self, offset: int, *, closing: bool = False) -> int:
        """Return where an offset of the served text is in the buffer.

        What is inserted right at an offset comes before what begins there, and behind what ends there (``closing``).
        """
        if offset < self.start or (closing and offset == self.start):
            return offset
        return offset + self.delta if offset >= self.end else self.start

    def back(self, offset: int) -> int:
        """Return where an offset of the buffer was in the served text."""
        if offset <= self.start:
            return offset
        return offset - self.delta if offset >= self.end + self.delta else self.start


class Session:
    """A repository with its buffers. Paths are relative to the root, in POSIX form."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root).resolve()
        self.buffers: dict[str, Buffer] = {}
        self.settings = Settings()
        self.configuration_problems: list[Problem] = []
        self._baseline: Baseline | None = None
        self._files: dict[str, RepositoryFile] = {}
        self._report: Report | None = None
        self.reload()

    # -- what changes it -------------------------------------------------------------------------------------------

    def open(self, path: str, text: str) -> None:
        """Take a buffer in the place of a file, or a new text of it."""
        known = self.buffers.get(path)
        problems = _problems(path, text)
        served = text
        if problems:
            served = known.served if known is not None else text
        self.buffers[path] = Buffer(text, served, problems if served != text else [])
        self._report = None

    def close(self, path: str) -> None:
        """Look at the file on disk again."""
        if self.buffers.pop(path, None) is not None:
            self._report = None

    def invalidate(self, paths: Iterable[str] = ()) -> None:
        """Forget what was found: files on disk have changed; those of our own configuration are read again."""
        if any(path in (*FILE_NAMES, BASELINE_NAME) for path in paths):
            self.reload()
        self._report = None

    def reload(self) -> None:
        """Read the configuration and the baseline; what cannot be used is reported in their files."""
        self.configuration_problems = []
        self.settings, self._baseline = Settings(), None
        path = find_configuration(self.root)
        try:
            if path is not None:
                self.settings = load(path, path.name)
            entries = self.root / BASELINE_NAME
            if entries.is_file():
                self._baseline = baselines.load(entries, BASELINE_NAME)
        except ConfigurationError as error:
            self.configuration_problems = error.problems
        self._report = None

    # -- what it knows ---------------------------------------------------------------------------------------------

    @property
    def report(self) -> Report:
        """What a check of the repository with its buffers finds; worked out when asked for after a change."""
        if self._report is None:
            overlay = {path: buffer.served for path, buffer in self.buffers.items()}
            try:
                self._report = self._check(overlay)
            except ConfigurationError as error:
                self.configuration_problems = error.problems
                self.settings = Settings()
                self._report = self._check(overlay)
        return self._report

    def _check(self, overlay: dict[str, str]) -> Report:
        report = check(self.root, self.settings, overlay=overlay, baseline=self._baseline, known=self._files)
        self._files = {file.path: file for file in report.built.graph.repository.files}
        return report

    @property
    def graph(self) -> Graph:
        """The graph of the last check."""
        return self.report.built.graph

    def probe(self, path: str, text: str) -> Graph:
        """Return the graph that the repository would have with another text of one file."""
        overlay = {name: buffer.served for name, buffer in self.buffers.items()}
        settings = replace(self.settings, select=())
        return check(self.root, settings, overlay={**overlay, path: text}, known=self._files).built.graph

    def findings(self, path: str) -> list[Finding]:
        """Return the findings that are shown in a file, at places of its buffer."""
        found = [self.placed(finding) for finding in self.report.findings if finding.span.file.path == path]
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
        files = {label.span.file.path for label in finding.labels}
        if not any(self._is_broken(path) for path in files):
            return finding
        fix = finding.fix
        if fix is not None:
            edits = tuple(TextEdit(self.in_buffer(edit.span), edit.text) for edit in fix.edits)
            # An edit of text that is being typed at this moment would hit something else.
            intact = all(now.span.text == old.span.text for now, old in zip(edits, fix.edits, strict=True))
            fix = Fix(fix.title, edits, fix.safety) if intact else None
        return replace(
            finding,
            primary=Label(self.in_buffer(finding.span), finding.primary.text),
            related=tuple(Label(self.in_buffer(label.span), label.text) for label in finding.related),
            fix=fix,
        )

    def in_buffer(self, span: Span) -> Span:
        """Return a span of a served text as one of the buffer."""
        buffer = self.buffers.get(span.file.path)
        if buffer is None or not buffer.broken:
            return span
        shift = Shift.between(buffer.served, buffer.text)
        source = SourceFile(span.file.path, buffer.text)
        start, end = shift.moved(span.start), shift.moved(span.end, closing=True)
        return Span(source, start, max(start, end))

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

    def _is_broken(self, path: str) -> bool:
        buffer = self.buffers.get(path)
        return buffer is not None and buffer.broken


def _problems(path: str, text: str) -> list[Problem]:
    """Return what keeps a text from being read as a whole."""
    syntax = syntax_of(path)
    if syntax is None:
        return []
    file = RepositoryFile(SourceFile(path, text), syntax, Limits())
    tree = syntax if syntax in (INI, DOCKERFILE, DOTENV, NGINX) else YAML
    problems: list[Problem] = getattr(file, tree).problems
    return [problem for problem in problems if isinstance(problem, SyntaxProblem)]


def _syntax_finding(problem: Problem) -> Finding:
    related = () if problem.related is None else (Label(*problem.related),)
    return Finding(UNPARSABLE, problem.message, Label(problem.span), related=related, help=problem.help)


def _setting_finding(problem: Problem) -> Finding:
    return Finding("repository/configuration", problem.message, Label(problem.span), help=problem.help)
