"""The repository under check: which files it has, and their text (floor 2).

The repository is untrusted: nothing in it is executed, links never lead out of its root, sizes are bounded, and a file
that cannot be read is a problem or is counted, never an exception.
"""

from __future__ import annotations

import marshal
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kubelint import workers
from kubelint.budget import Budget
from kubelint.files import JSON, YAML, Limits, RepositoryFile, Skipped, decode, syntax_of
from kubelint.globs import affordable, too_costly
from kubelint.paths import matches, normalise
from kubelint.source import BOM, SourceFile, Span
from kubelint.tree.compact import compact
from kubelint.tree.problem import BoundExceeded, Problem, Undecodable
from kubelint.witness import Witness

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

    from kubelint.file_cache import FileCache


NEVER_WALKED = frozenset(
    {".git", ".hg", ".svn", "node_modules", ".venv", "venv", "__pycache__", ".terraform", ".tox", ".mypy_cache"}
)
IGNORE_FILES = (".gitignore", ".kubelintignore")
#: With so many files a second process reads more than it costs (measured: docs/performance.md).
SHARED_FROM = 1_000
#: With so many files keeping what is known of each one gains more than it costs.
KEPT_FROM = 100
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
_UNREAD_LANGUAGES = {
    ".jsonnet": "Jsonnet is a program; it is not evaluated",
    ".libsonnet": "Jsonnet is a program; it is not evaluated",
    ".star": "Starlark is a program; it is not evaluated",
    ".starlark": "Starlark is a program; it is not evaluated",
    ".script": "Starlark is a program; it is not evaluated",
}


class Repository:
    """The files below a root.

    ``overlay`` maps paths to texts that stand in for what is on disk (unsaved buffers of an editor); ``include`` names
    paths that are read although an ignore file names them, because the user asked for them. ``known`` are files of an
    earlier look at the same folder: those whose text is the same keep what was read of them. ``kept`` is what earlier
    runs know of files, and is told what this one learns.
    """

    def __init__(
        self,
        root: Path,
        *,
        exclude: Iterable[str] = (),
        include: Iterable[str] = (),
        overlay: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        known: Mapping[str, RepositoryFile] | None = None,
        kept: FileCache | None = None,
    ) -> None:
        self.root = Path(os.path.realpath(root))
        self.limits = limits or Limits()
        self.files: list[RepositoryFile] = []
        self.skipped: list[Skipped] = []
        self.problems: list[Problem] = []
        self.budget = Budget(self.limits, self.problems)
        self.ignored = 0
        self._exclude = tuple(exclude)
        self._include = frozenset(include)
        self._overlay = dict(overlay or {})
        self._known = known or {}
        self._kept = kept
        self._paths: dict[str, bool] = {}
        self._extra: dict[str, SourceFile | None] = {}
        #: What the run sees of the file system, by which a later one can tell whether it would see the same.
        self.witness = Witness(str(self.root))
        self._by_path: dict[str, RepositoryFile] = {}
        candidates: list[str] = []
        self._walk(candidates)
        self._read_all(candidates)
        for path in self._overlay:
            if path not in self._by_path:
                self._paths[path] = True
                # A file of another kind (a script, a page) is there for those who refer to it.
                if syntax_of(path) is not None or path in self._include:
                    self._read(path)
        self.files.sort(key=lambda file: file.path)
        self._by_path = {file.path: file for file in self.files}

    def part(self, paths: Collection[str], overlay: Mapping[str, str]) -> Repository:
        """Return the same folder as if only some of its files were read, and these with other texts where given.

        Nothing is looked at again: what exists, was skipped and was read is what this repository knows.
        """
        part = copy(self)
        part._narrow(paths, overlay)  # noqa: SLF001 - it is one of us
        return part

    def _narrow(self, paths: Collection[str], overlay: Mapping[str, str]) -> None:
        self.witness = Witness(str(self.root))
        self._known = self._by_path
        self._overlay = {**self._overlay, **overlay}
        self._extra = {path: source for path, source in self._extra.items() if path not in overlay}
        if not overlay.keys() <= self._paths.keys():
            self._paths = {**self._paths, **dict.fromkeys(overlay, True)}
            self.__dict__.pop("_by_name", None)
            self.__dict__.pop("_listing", None)
        found = {problem.span.file.path: problem for problem in self.problems}
        self.files, self._by_path, self.problems = [], {}, []
        self.budget = Budget(self.limits, self.problems)
        for path in sorted({*paths, *overlay}):
            known = self._known.get(path)
            if path in overlay:
                if syntax_of(path) is not None or path in self._include:
                    self._read(path)
            elif known is not None:
                self.files.append(known)
                self._by_path[path] = known
            if path in found and path not in overlay:
                self.problems.append(found[path])

    # -- walking ---------------------------------------------------------------------------------------------------

    def _walk(self, candidates: list[str]) -> None:
        root = str(self.root)
        pending: list[tuple[str, list[tuple[str, GitIgnoreSpec]]]] = [("", [])]
        while pending:
            directory, specs = pending.pop()
            try:
                full = f"{root}/{directory}" if directory else root
                status = os.lstat(full)
                with os.scandir(full) as listing:
                    entries = sorted(listing, key=lambda entry: entry.name)
                self.witness.folder(directory, status, entries)
            except OSError as error:
                self.witness.other(directory)
                self.skipped.append(Skipped(directory or ".", f"cannot be listed: {error.strerror}"))
                continue
            names = {entry.name for entry in entries}
            specs = specs + [
                (directory, spec)
                for name in IGNORE_FILES
                if name in names
                for spec in self._ignore_spec(directory, name)
            ]
            for entry in reversed(entries):
                path = f"{directory}/{entry.name}" if directory else entry.name
                if entry.is_symlink():
                    self._link(path)
                elif entry.is_dir(follow_symlinks=False):
                    self._paths[path] = False
                    if entry.name in NEVER_WALKED or self._is_ignored(path, specs, directory=True):
                        continue
                    pending.append((path, specs))
                elif entry.is_file(follow_symlinks=False):
                    self._paths[path] = True
                    if self._is_candidate(path, entry.name, specs):
                        candidates.append(path)

    def _is_candidate(self, path: str, name: str, specs: list[tuple[str, GitIgnoreSpec]]) -> bool:
        if name.startswith(".drone"):
            suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, not a path
            if suffix in _UNREAD_LANGUAGES:
                self.skipped.append(Skipped(path, _UNREAD_LANGUAGES[suffix]))
                return False
        if syntax_of(path) is None and path not in self._include:
            return False
        if self._is_ignored(path, specs, directory=False):
            self.ignored += 1
            return False
        return True

    def _link(self, path: str) -> None:
        self.witness.other(path)
        target = os.path.realpath(self.root / path)
        if self._inside(target):
            self._paths[path] = Path(target).is_file()  # what it leads to is read where it really lies
        elif syntax_of(path) is not None:
            self.skipped.append(Skipped(path, "a link that leads out of the repository"))

    def _inside(self, target: str) -> bool:
        root = str(self.root)
        return target == root or target.startswith(root.rstrip(os.sep) + os.sep)

    def _ignore_spec(self, directory: str, name: str) -> Iterator[GitIgnoreSpec]:
        from pathspec import GitIgnoreSpec  # only repositories with ignore files pay for it

        relative = f"{directory}/{name}" if directory else name
        path = self.root / relative
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > self.limits.file_size:
                self.witness.other(relative)
                return
            raw = path.read_bytes()
            self.witness.file(relative, status, raw)
            lines = raw.decode("utf-8", errors="replace").splitlines()
            for glob in too_costly(lines)[:1]:
                reason = f"patterns with too many asterisks, or too many patterns, are not used: {glob[:80]}"
                self.skipped.append(Skipped(relative, reason))
            yield GitIgnoreSpec.from_lines(affordable(lines))
        except (OSError, ValueError) as error:
            self.skipped.append(Skipped(f"{directory}/{name}".lstrip("/"), f"ignore file not used: {error}"))

    def _is_ignored(self, path: str, specs: list[tuple[str, GitIgnoreSpec]], *, directory: bool) -> bool:
        if any(
            path == chosen or path.startswith(chosen + "/") or chosen.startswith(path + "/") for chosen in self._include
        ):
            return False
        if self._exclude and matches(path, self._exclude):
            return True
        for base, spec in reversed(specs):
            relative = path[len(base) + 1 :] if base else path
            verdict = spec.check_file(relative + "/" if directory else relative).include
            if verdict is not None:
                return verdict
        return False

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read_all(self, paths: list[str]) -> None:
        for place, path in enumerate(paths):
            if self.budget.is_spent(path, len(paths) - place - 1):
                break
            self._read(path)
        self._make_trees()

    @property
    def keeps(self) -> bool:
        """Whether there is so much that keeping what is known of single files gains more than it costs."""
        return len(self.files) >= KEPT_FROM

    def _make_trees(self) -> None:
        """Take the trees that an earlier run has made, and share the making of many others among processes."""
        kept = self._kept if self.keeps else None
        missing: list[tuple[RepositoryFile, bytes]] = []
        for file in self.files:
            if file.wants_trees:
                content = self.witness.files[file.path][1] if file.path in self.witness.files else b""
                tree = kept.tree(content) if kept is not None and content else None
                if tree is None:
                    missing.append((file, content))
                else:
                    file.take_trees(tree)
        parts = workers.available() if len(missing) >= SHARED_FROM and not self._overlay else 1
        if parts == 1 and kept is None:
            return  # each is made when it is asked for
        shares = workers.ranges(len(missing), parts)
        depth = self.limits.depth

        def work(part: int) -> list[bytes]:
            return [marshal.dumps(compact(missing[place][0].text, depth)) for place in shares[part]]

        made = [tree for trees in workers.in_parts(work, parts) for tree in trees]
        for (file, content), tree in zip(missing, made, strict=True):
            file.take_trees(tree)
            if kept is not None and content:
                kept.keep_tree(content, tree)

    def _is_foreign(self, path: str, syntax: str, text: str) -> bool:
        """Tell whether a JSON file is none of ours."""
        return syntax == JSON and '"apiVersion"' not in text and path not in self._include

    def _read(self, path: str) -> None:
        syntax = syntax_of(path) or YAML
        source, problems = self._load(path)
        if source is None:
            self.problems.extend(problems)
            return
        if self._is_foreign(path, syntax, source.text):
            return
        self.budget.spend(len(source.text))
        file = self._known.get(path)
        if file is None or file.text != source.text or file.limits != self.limits or problems:
            file = RepositoryFile(source, syntax, self.limits, problems)
        self.problems.extend(problems)
        self.files.append(file)
        self._by_path[path] = file

    def _load(self, path: str) -> tuple[SourceFile | None, list[Problem]]:
        if path in self._overlay:
            return SourceFile(path, self._overlay[path].removeprefix(BOM)), []
        empty = SourceFile(path, "")
        try:
            # O_NONBLOCK: a named pipe that took the place of a file must not make the run wait.
            handle = os.open(f"{self.root}/{path}", _READING)
            try:
                status = os.fstat(handle)
                if not stat.S_ISREG(status.st_mode):
                    self.witness.other(path)
                    self.skipped.append(Skipped(path, "not a regular file"))
                    return None, []
                if status.st_size > self.limits.file_size:
                    self.witness.other(path)
                    message = f"the file is larger than {self.limits.file_size} bytes and was not read"
                    help_text = "raise `limits.file-size` in the configuration, or exclude the file"
                    return None, [BoundExceeded(message, Span(empty, 0, 0), None, help_text)]
                raw = os.read(handle, status.st_size + 1)
                if len(raw) != status.st_size:  # it is being written, or a file system gives less than asked for
                    with os.fdopen(handle, "rb", closefd=False) as stream:
                        raw += stream.read(max(0, self.limits.file_size + 1 - len(raw)))
                self.witness.file(path, status, raw)
            finally:
                os.close(handle)
        except OSError as error:
            self.witness.other(path)
            return None, [Undecodable(f"the file cannot be read: {error.strerror or error}", Span(empty, 0, 0))]
        return decode(path, raw)

    def source(self, path: str) -> SourceFile | None:
        """Return a file of any name that something refers to; None where it is not there or may not be read."""
        path = normalise(path)
        file = self._by_path.get(path)
        if file is not None:
            return file.source
        if path not in self._extra:
            self._extra[path] = None
            if path and not path.startswith("../") and self.is_file(path):
                target = os.path.realpath(self.root / path)
                if path in self._overlay or self._inside(target):
                    real = os.path.relpath(target, self.root).replace(os.sep, "/")
                    self._extra[path] = self._load_referred(path if path in self._overlay else real)
        return self._extra[path]

    def _load_referred(self, path: str) -> SourceFile | None:
        source, problems = self._load(path)
        if source is None and any(isinstance(problem, BoundExceeded) for problem in problems):
            self.budget.admits(path, self.limits.file_size + 1)
        return source if source is not None and self.budget.admits(path, len(source.text)) else None

    def file(self, path: str) -> RepositoryFile | None:
        """Return a configuration file by its path; None where it is none."""
        return self._by_path.get(normalise(path))

    # -- what exists -----------------------------------------------------------------------------------------------

    def exists(self, path: str) -> bool:
        """Tell whether a file or folder of that path (relative to the root) is in the repository."""
        path = normalise(path)
        if path in self._paths or path in ("", "."):
            return True
        if path.startswith(("../", "/")) or path == "..":
            return False
        self.witness.other(path)
        try:
            return os.path.lexists(self.root / path)  # inside an ignored or never walked folder
        except ValueError:
            return False

    def is_file(self, path: str) -> bool:
        """Tell whether that path is a file."""
        path = normalise(path)
        known = self._paths.get(path)
        if known is not None:
            return known
        self.witness.other(path)
        try:
            return not path.startswith(("../", "/")) and (self.root / path).is_file()
        except (OSError, ValueError):
            return False

    def is_directory(self, path: str) -> bool:
        """Tell whether that path is a folder."""
        path = normalise(path)
        known = self._paths.get(path)
        if known is not None and known:
            return False
        self.witness.other(path)
        try:
            return path in ("", ".") or (
                not path.startswith(("../", "/")) and path != ".." and (self.root / path).is_dir()
            )
        except (OSError, ValueError):
            return False

    def folders_with(self, path: str) -> list[str]:
        """Return the folders that have a path below them, for paths whose folder is not known."""
        path = normalise(path)
        name = path.rpartition("/")[2]
        return [
            known[: -len(path)].rstrip("/")
            for known in self._by_name.get(name, ())
            if known == path or known.endswith(f"/{path}")
        ]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for path in self._paths:
            index.setdefault(path.rpartition("/")[2], []).append(path)
        return index

    def names(self, directory: str) -> list[str]:
        """Return the names of the files and folders directly in a folder, for near misses."""
        prefix = normalise(directory)
        index = self._listing
        return index.get(prefix, [])

    @cached_property
    def _listing(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {}
        for path in self._paths:
            directory, _, name = path.rpartition("/")
            index.setdefault(directory, []).append(name)
        return index
