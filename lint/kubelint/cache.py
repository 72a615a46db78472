"""The cache of reports: a check of what has not changed costs a look at the times of the files (floor 9).

One entry for each repository and set of options (:mod:`kubelint.cache_entry`). It holds what the run has seen of the
file system (:mod:`kubelint.witness`) and the findings as plain data. What a run after a change can use of it is kept in
an entry of its own (:mod:`kubelint.file_cache`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubelint.cache_entry import FILES, REPORT, Entry, fingerprint
from kubelint.catalogue import BUILTIN_PACK, RuleTable
from kubelint.config import Settings
from kubelint.files import Skipped, decode
from kubelint.outcome import Coverage, Outcome
from kubelint.record import files_of, from_record, to_record
from kubelint.source import SourceFile
from kubelint.witness import is_same

if TYPE_CHECKING:
    from kubelint.baseline import Baseline
    from kubelint.file_cache import FileCache
    from kubelint.repository import Repository


class RunCache:
    """The entry of one repository under one set of options."""

    def __init__(
        self,
        folder: Path,
        root: Path,
        settings: Settings,
        *,
        paths: Collection[str] = (),
        include: Iterable[str] = (),
        packs: tuple[str, ...] = (BUILTIN_PACK,),
        touching: bool = False,
        changed: Collection[str] | None = None,
        baseline: Baseline | None = None,
    ) -> None:
        self.root = root
        self.settings = settings
        self.packs = packs
        own = (settings.source, None if baseline is None else baseline.source)
        self._own = [source for source in own if source is not None]
        asked = (
            str(root),
            _settings_text(settings),
            sorted(paths),
            sorted(include),
            packs,
            touching,
            None if changed is None else sorted(changed),
            _baseline_text(baseline),
        )
        self._entry = Entry(folder, REPORT, asked, fingerprint(packs))

    @cached_property
    def files(self) -> FileCache:
        """What earlier runs know of single files, whatever paths they were asked for: the next run can use it."""
        from kubelint.file_cache import FileCache  # only a run that has to check something needs it

        asked = (str(self.root), _settings_text(self.settings), self.packs)
        return FileCache(Entry(self._entry.folder, FILES, asked, self._entry.code))

    def load(self) -> Outcome | None:
        """Return the outcome of the last run where this one would see the same; None where it would not."""
        entry = self._entry.read()
        if entry is None:
            return None
        same, refreshed = is_same(str(self.root), entry["seen"])
        if not same:
            return None
        if refreshed:
            self._entry.write(entry)
        else:
            self._entry.touch()
        sources = _Sources(str(self.root), self._own).get
        return Outcome(
            self.root,
            [from_record(record, sources) for record in entry["findings"]],
            [from_record(record, sources) for record in entry["suppressed"]],
            _coverage(entry["coverage"]),
            RuleTable(entry["rules"], self.packs),
            self.settings,
            entry["hidden"],
        )

    def save(self, outcome: Outcome, repository: Repository) -> None:
        """Write the outcome of a run over a repository; where that cannot be done, the next run is a cold one."""
        seen = repository.witness.seen()
        if seen is None:
            return
        for finding in (*outcome.findings, *outcome.suppressed):
            for file in files_of(finding):
                # A text that no file has cannot be shown again.
                if file not in self._own and repository.source(file.path) is not file:
                    return
        self._entry.write(
            {
                "seen": seen,
                "findings": [to_record(finding) for finding in outcome.findings],
                "suppressed": [to_record(finding) for finding in outcome.suppressed],
                "coverage": _coverage_record(outcome.coverage),
                "rules": list(outcome.rules),
                "hidden": outcome.hidden,
            }
        )


def _settings_text(settings: Settings) -> str:
    """Return all that a run takes from its settings, as text."""
    source = settings.source
    left_out = ("source", "mentions", "option_nodes")  # places in the source
    values = [(field.name, getattr(settings, field.name)) for field in fields(settings) if field.name not in left_out]
    return repr((None if source is None else (source.path, source.text), values))


def _baseline_text(baseline: Baseline | None) -> tuple[str, ...]:
    """Return all that a run takes from its baseline: its text, and the day where an entry has a last one."""
    if baseline is None or baseline.source is None:
        return ()
    dated = any(entry.expires is not None for entry in baseline.entries)
    return (baseline.source.text, date.today().isoformat() if dated else "")


def _coverage_record(coverage: Coverage) -> dict[str, Any]:
    record = coverage._asdict()
    record["documents"], record["unchecked"] = dict(coverage.documents), dict(coverage.unchecked)
    record["skipped"] = tuple((skipped.path, skipped.reason) for skipped in coverage.skipped)
    return record


def _coverage(record: dict[str, Any]) -> Coverage:
    return Coverage(**{**record, "skipped": tuple(Skipped(*skipped) for skipped in record["skipped"])})


class _DiskFile(SourceFile):
    """A file of the repository whose text is read when a report shows it."""

    __slots__ = ("_root", "_text")

    def __init__(self, path: str, root: str) -> None:
        self._root = root
        self._text: str | None = None
        self.path = path
        self._lines = None

    @property
    def text(self) -> str:  # type: ignore[override]
        """The text; empty where the file has gone in this very moment."""
        if self._text is None:
            try:
                self._text = decode(self.path, Path(self._root, self.path).read_bytes())[0].text
            except OSError:
                self._text = ""
        return self._text


class _Sources:
    """The files that findings point into, each one once."""

    def __init__(self, root: str, own: Iterable[SourceFile]) -> None:
        self._root = root
        self._known: dict[str, SourceFile] = {source.path: source for source in own}

    def get(self, path: str) -> SourceFile:
        if path not in self._known:
            self._known[path] = _DiskFile(path, self._root)
        return self._known[path]
