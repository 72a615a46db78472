"""The cache of reports: a check of what has not changed costs a look at the times of the files (floor 9).

One file for each repository and set of options, in the user's own cache folder and never inside of the repository by
itself, so that a repository cannot bring one along. It holds what the run has seen of the file system
(:mod:`kubelint.witness`), the fingerprint of kubelint's own code and data, and the findings as plain data, behind a
checksum. What is torn, foreign, or of another version is ignored; what cannot be written is not. Entries are replaced
in one step, so that processes do not disturb each other.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import fields
from datetime import date
from hashlib import blake2b
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kubelint import __version__
from kubelint.catalogue import BUILTIN_PACK, RuleTable
from kubelint.config import Settings
from kubelint.files import Skipped, decode
from kubelint.outcome import Coverage, Outcome
from kubelint.record import files_of, from_record, to_record
from kubelint.source import SourceFile
from kubelint.witness import is_same

if TYPE_CHECKING:
    from kubelint.baseline import Baseline
    from kubelint.repository import Repository

FORMAT = 2
ENVIRONMENT = "KUBELINT_CACHE_DIR"
_MAGIC = b"kubelint run %d\n" % FORMAT
_SUFFIX = ".run"
#: An entry that nobody has used for so long is removed when another one is written.
_OLDEST_DAYS = 30
_MOST_ENTRIES = 64
_PACKAGES = ("kubelint", "kubelint_schemas")


def default_folder() -> Path:
    """Return the folder of the cache: ``KUBELINT_CACHE_DIR``, else the place that the operating system has for it.

    Source: XDG Base Directory Specification (``XDG_CACHE_HOME``).
    """
    given = os.environ.get(ENVIRONMENT)
    if given:
        return Path(given)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA")
        return Path(base, "kubelint", "cache") if base else Path.home() / "AppData" / "Local" / "kubelint" / "cache"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kubelint"
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(base if base and os.path.isabs(base) else Path.home() / ".cache", "kubelint")  # noqa: PTH117


def folder_for(root: Path, chosen: Path | None = None) -> Path | None:
    """Return the folder to use for a repository; None where the default one lies inside of it."""
    if chosen is not None:
        return chosen
    try:
        folder = default_folder()
    except RuntimeError:  # no home folder
        return None
    real = Path(os.path.realpath(folder))
    return None if real == root or root in real.parents else folder


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
        self.folder = folder
        self.root = root
        self.settings = settings
        self.packs = packs
        self._code = _code(packs)
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
        self._path = folder / (blake2b(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()[:40] + _SUFFIX)

    def load(self) -> Outcome | None:
        """Return the outcome of the last run where this one would see the same; None where it would not."""
        entry = self._read()
        if entry is None:
            return None
        same, refreshed = is_same(str(self.root), entry["seen"])
        if not same:
            return None
        if refreshed:
            self._write(entry)
        else:
            with contextlib.suppress(OSError):
                os.utime(self._path)
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
        self._write(
            {
                "code": self._code,
                "seen": seen,
                "findings": [to_record(finding) for finding in outcome.findings],
                "suppressed": [to_record(finding) for finding in outcome.suppressed],
                "coverage": _coverage_record(outcome.coverage),
                "rules": list(outcome.rules),
                "hidden": outcome.hidden,
            }
        )

    def _read(self) -> dict[str, Any] | None:
        try:
            handle = os.open(self._path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(handle, "rb") as stream:
                # In a folder that others may write to, only what this user has written is believed.
                if hasattr(os, "geteuid") and os.fstat(handle).st_uid != os.geteuid():
                    return None
                raw = stream.read()
        except OSError:
            return None
        start = len(_MAGIC) + 64
        if not raw.startswith(_MAGIC) or blake2b(raw[start:]).digest() != raw[len(_MAGIC) : start]:
            return None
        try:
            entry = marshal.loads(raw[start:])  # noqa: S302 - plain data, ours by owner and checksum
        except (EOFError, ValueError, TypeError):
            return None
        return entry if isinstance(entry, dict) and entry.get("code") == self._code else None

    def _write(self, entry: dict[str, Any]) -> None:
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
        try:
            raw = marshal.dumps(entry)
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _mark(self.folder)
            temporary.write_bytes(_MAGIC + blake2b(raw).digest() + raw)
            temporary.replace(self._path)
            _prune(self.folder)
        except (OSError, ValueError):  # a full or read-only disk; a value that cannot be written
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def clean(folder: Path) -> int:
    """Remove all entries of a folder and return how many there were; raises OSError where one cannot be removed."""
    removed = 0
    for path in _entries(folder):
        path.unlink(missing_ok=True)
        removed += path.suffix == _SUFFIX
    return removed


def _entries(folder: Path) -> list[Path]:
    """Return the files of a folder that are ours, left-over temporary ones included."""
    if not folder.is_dir():
        return []
    return [
        path
        for path in folder.iterdir()
        if path.suffix == _SUFFIX or (path.name.startswith(".") and path.suffix == ".tmp" and _SUFFIX in path.name)
    ]


def _prune(folder: Path) -> None:
    """Remove what nobody has used for long, and the oldest of too many."""
    used = sorted(((path.stat().st_mtime, path) for path in _entries(folder)), reverse=True)
    oldest = time.time() - _OLDEST_DAYS * 86_400
    for number, (when, path) in enumerate(used):
        if number >= _MOST_ENTRIES or when < oldest:
            path.unlink(missing_ok=True)


def _mark(folder: Path) -> None:
    """Tell backup programs that this is a cache (Cache Directory Tagging Specification)."""
    tag = folder / "CACHEDIR.TAG"
    if not tag.exists():
        tag.write_text("Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of kubelint.\n")


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


def _code(packs: Iterable[str]) -> str:
    """Return a fingerprint of kubelint and its rule packs, of the libraries around them and of the interpreter."""
    state = blake2b(f"{__version__} {sys.version}".encode())
    for path in sys.path:
        # A folder of packages changes when one is installed, removed or brought to another version.
        if path.endswith(("site-packages", "dist-packages")):
            with contextlib.suppress(OSError):
                state.update(f"{path} {os.stat(path).st_mtime_ns}".encode())  # noqa: PTH116 - strings all the way
    for name in (*_PACKAGES, *packs):
        for line in _files_of(name):
            state.update(line.encode("utf-8", "surrogatepass"))
    return state.hexdigest()


def _files_of(package: str) -> Iterator[str]:
    """Yield path, size and time of each file of a package."""
    spec = PathFinder.find_spec(package)
    pending = list((spec and spec.submodule_search_locations) or ())
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if entry.name == "__pycache__":
                    continue
                if entry.is_dir():
                    pending.append(entry.path)
                else:
                    status = entry.stat()
                    yield f"{entry.path} {status.st_size} {status.st_mtime_ns}\n"


def _coverage_record(coverage: Coverage) -> dict[str, Any]:
    record = {field.name: getattr(coverage, field.name) for field in fields(coverage)}
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
