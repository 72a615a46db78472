"""Entries of the cache as files: plain data that is believed only if it is whole, ours and of this kubelint (floor 1).

They lie in the user's own cache folder and never inside of the repository by itself, so that a repository cannot bring
one along. What is torn, foreign, or of another version is ignored; what cannot be written is not. Entries are replaced
in one step, so that processes do not disturb each other.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

from kubelint import __version__
from kubelint.hashing import blake2b

FORMAT = 3
ENVIRONMENT = "KUBELINT_CACHE_DIR"
_MAGIC = b"kubelint run %d\n" % FORMAT
REPORT, FILES = ".run", ".files"
#: How many entries of each kind are kept; what is known of files is as large as their texts.
_MOST_ENTRIES = {REPORT: 64, FILES: 8}
#: An entry that nobody has used for so long is removed when another one is written.
_OLDEST_DAYS = 30
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


class Entry:
    """One file of the cache: for what is ``asked``, made by the ``code`` that :func:`fingerprint` names."""

    def __init__(self, folder: Path, suffix: str, asked: tuple[object, ...], code: str) -> None:
        self.folder = folder
        self.code = code
        self.path = folder / (blake2b(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()[:40] + suffix)

    def read(self) -> dict[str, Any] | None:
        """Return what was written last; None where nothing was or it cannot be believed."""
        try:
            handle = os.open(self.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
            with os.fdopen(handle, "rb") as stream:
                # In a folder that others may write to, only what this user has written is believed.
                if hasattr(os, "geteuid") and os.fstat(handle).st_uid != os.geteuid():
                    return None
                raw = stream.read()
        except OSError:
            return None
        start = len(_MAGIC) + 64
        if not raw.startswith(_MAGIC) or blake2b(memoryview(raw)[start:]).digest() != raw[len(_MAGIC) : start]:
            return None
        try:
            entry = marshal.loads(memoryview(raw)[start:])  # noqa: S302 - plain data, ours by owner and checksum
        except (EOFError, ValueError, TypeError):
            return None
        return entry if isinstance(entry, dict) and entry.get("code") == self.code else None

    def write(self, data: dict[str, Any]) -> None:
        """Put plain data in the place of what was written before; where that cannot be done, nothing changes."""
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        try:
            raw = marshal.dumps({**data, "code": self.code})
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _mark(self.folder)
            temporary.write_bytes(_MAGIC + blake2b(raw).digest() + raw)
            temporary.replace(self.path)
            _prune(self.folder)
        except (OSError, ValueError):  # a full or read-only disk; a value that cannot be written
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def touch(self) -> None:
        """Note that the entry was of use."""
        with contextlib.suppress(OSError):
            os.utime(self.path)


def clean(folder: Path) -> int:
    """Remove all entries of a folder and return how many reports there were.

    Raises OSError where one cannot be removed.
    """
    removed = 0
    for path in _entries(folder):
        path.unlink(missing_ok=True)
        removed += path.suffix == REPORT
    return removed


def _entries(folder: Path) -> list[Path]:
    """Return the files of a folder that are ours, left-over temporary ones included."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if path.suffix in _MOST_ENTRIES or _is_left_over(path)]


def _is_left_over(path: Path) -> bool:
    return path.name.startswith(".") and path.suffix == ".tmp" and any(suffix in path.name for suffix in _MOST_ENTRIES)


def _prune(folder: Path) -> None:
    """Remove what nobody has used for long, and the oldest of too many."""
    used = sorted(((path.stat().st_mtime, path) for path in _entries(folder)), reverse=True)
    oldest = time.time() - _OLDEST_DAYS * 86_400
    room = dict(_MOST_ENTRIES)
    for when, path in used:
        left = room.get(path.suffix, 1)
        room[path.suffix] = left - 1
        if left <= 0 or when < oldest:
            path.unlink(missing_ok=True)


def _mark(folder: Path) -> None:
    """Tell backup programs that this is a cache (Cache Directory Tagging Specification)."""
    tag = folder / "CACHEDIR.TAG"
    if not tag.exists():
        tag.write_text("Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of kubelint.\n")


def fingerprint(packs: Iterable[str]) -> str:
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
