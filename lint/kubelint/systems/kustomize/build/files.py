"""The files that a build reads: all of them inside one root, bounded in size, each read once.

A build needs few files of a repository, so they are read when they are asked for. Where a :class:`Repository` is there
already, its texts and trees are used instead.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from kubelint.files import Limits, decode
from kubelint.paths import normalise
from kubelint.repository import Repository
from kubelint.source import SourceFile
from kubelint.tree.yaml import YamlStream, read_yaml


class Files:
    """The files below a root, by their paths relative to it."""

    def __init__(self, root: Path, limits: Limits | None = None, repository: Repository | None = None) -> None:
        self.root = Path(os.path.realpath(root))
        self.limits = limits or Limits()
        self.repository = repository
        self._streams: dict[str, YamlStream] = {}
        self._sources: dict[str, SourceFile | None] = {}
        self._binary: dict[str, bytes] = {}
        self._followed: dict[str, str | None] = {}

    def is_file(self, path: str) -> bool:
        """Tell whether that path is a file inside the root."""
        if self.repository is not None and self.repository.file(path) is not None:
            return True  # perhaps a buffer of an editor that was never saved
        real = self._allowed(path)
        return real is not None and os.path.isfile(real)  # noqa: PTH113 - strings all the way

    def is_directory(self, path: str) -> bool:
        """Tell whether that path is a folder inside the root."""
        real = self._allowed(path)
        return real is not None and os.path.isdir(real)  # noqa: PTH112

    def real(self, path: str) -> str | None:
        """Return the path with links followed; None where it leads out of the root."""
        allowed = self._allowed(path)
        if allowed is None:
            return None
        relative = os.path.relpath(allowed, self.root).replace(os.sep, "/")
        return "" if relative == "." else relative

    def source(self, path: str) -> SourceFile | None:
        """Return a file as text; None where it cannot be read, see :meth:`binary` where it is no text."""
        if path not in self._sources:
            self._sources[path] = self._read(path)
        return self._sources[path]

    def binary(self, path: str) -> bytes | None:
        """Return the bytes of a file that is no text; None where it is."""
        return self._binary.get(path)

    def yaml(self, source: SourceFile) -> YamlStream:
        """Return the documents of a file that was read before."""
        if self.repository is not None:
            file = self.repository.file(source.path)
            if file is not None and file.syntax in ("yaml", "json") and file.source is source:
                return file.yaml
        found = self._streams.get(source.path)
        if found is None:
            found = read_yaml(source, max_depth=self.limits.depth, max_aliases=self.limits.aliases)
            self._streams[source.path] = found
        return found

    def _allowed(self, path: str) -> str | None:
        """Return the path with links followed, from the root of the file system; None where it leads out."""
        if path not in self._followed:
            self._followed[path] = self._follow(path)
        return self._followed[path]

    def _follow(self, path: str) -> str | None:
        if path.startswith(("../", "/")) or path == ".." or "\0" in path:
            return None
        if self.repository is not None:
            self.repository.witness.other(path)
        root = str(self.root)
        real = os.path.realpath(f"{root}/{path}")
        return real if real == root or real.startswith(root.rstrip(os.sep) + os.sep) else None

    def _read(self, path: str) -> SourceFile | None:
        path = normalise(path)
        if self.repository is not None:
            file = self.repository.file(path)
            if file is not None:
                return file.source
        raw = self._bytes(path)
        if raw is None:
            return None
        source, problems = decode(path, raw)
        if problems:
            self._binary[path] = raw
        return source

    def _bytes(self, path: str) -> bytes | None:
        real = self._allowed(path)
        if real is None:
            return None
        try:
            # O_NONBLOCK: a named pipe that took the place of a file must not make the build wait.
            handle = os.open(real, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return None
        with os.fdopen(handle, "rb") as stream:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                return None
            if self.repository is not None and not self.repository.budget.admits(path, status.st_size):
                return None
            return stream.read(self.limits.file_size + 1) if status.st_size <= self.limits.file_size else None
