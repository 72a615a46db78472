"""What a run has seen of the file system, and whether a later run would see the same (floor 1).

A file is the same while size, times and inode are, and else if its content is: a fresh clone changes all times and no
text. A file or folder that was touched while it was read, or so shortly before that its time could not show a second
change, is always compared by content.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterable
from typing import Any, TypeAlias

from kubelint.hashing import blake2b

#: Size, time of change of the content, time of change of the inode, inode.
Signature: TypeAlias = tuple[int, int, int, int]
#: What :mod:`marshal` can carry.
Seen: TypeAlias = dict[str, Any]

#: The coarsest clock among the file systems in use (FAT).
_TICK = 2_000_000_000
_UNSURE: Signature = (-1, -1, -1, -1)
_LARGEST = 5 * 1024 * 1024


def signature(status: os.stat_result) -> Signature:
    """Return what changes when a file changes."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def digest(content: bytes) -> bytes:
    """Return the hash by which contents are compared."""
    return blake2b(content, digest_size=16).digest()


def kind(mode: int) -> str:
    """Return one letter for what a directory entry is."""
    if stat.S_ISREG(mode):
        return "f"
    if stat.S_ISDIR(mode):
        return "d"
    return "l" if stat.S_ISLNK(mode) else "o"


def listing(entries: Iterable[os.DirEntry[str]]) -> bytes:
    """Return the hash of a folder's sorted entries: their names, and whether each is a file, a folder or a link."""
    names = [_letter(entry) + entry.name for entry in entries]
    return digest("\0".join(names).encode("utf-8", "surrogatepass"))


def _letter(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "l"
    if entry.is_file(follow_symlinks=False):
        return "f"
    return "d" if entry.is_dir(follow_symlinks=False) else "o"


class Witness:
    """Notes what is read, listed and asked for below a root."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.started = time.time_ns()
        self.files: dict[str, tuple[Signature, bytes]] = {}
        self.folders: dict[str, tuple[Signature, bytes]] = {}
        self._others: set[str] = set()

    def file(self, path: str, status: os.stat_result, content: bytes) -> None:
        """Note a file that was read, with its status from before."""
        self.files[path] = signature(status), digest(content)

    def folder(self, path: str, status: os.stat_result, entries: list[os.DirEntry[str]]) -> None:
        """Note a folder that was listed, with its status from before."""
        self.folders[path] = signature(status), listing(entries)

    def other(self, path: str) -> None:
        """Note a path that something looked at on disk: whether it exists, what it is or where it leads."""
        self._others.add(path)

    def seen(self) -> Seen | None:
        """Return all of it as plain data; None where something has changed that was not compared when it was read."""
        others: dict[str, Any] = {}
        for path in self._others:
            if path not in self.files:
                state = _state(self.root, path)
                if state[0] >= self.started - _TICK:
                    return None
                others[path] = state[1:]
        return {
            "files": {path: (self._sure(found), content) for path, (found, content) in self.files.items()},
            "folders": {path: (self._sure(found), content) for path, (found, content) in self.folders.items()},
            "others": others,
        }

    def _sure(self, found: Signature) -> Signature:
        return _UNSURE if max(found[1], found[2]) >= self.started - _TICK else found


def is_same(root: str, seen: Seen) -> tuple[bool, bool]:
    """Tell whether a run would see the same, and whether ``seen`` was refreshed because only times had changed."""
    now = time.time_ns()
    refreshed = False
    for path, (known, content) in seen["folders"].items():
        full = f"{root}/{path}" if path else root
        try:
            status = os.lstat(full)
            current = signature(status)
            if current != known:
                with os.scandir(full) as entries:
                    if listing(sorted(entries, key=lambda entry: entry.name)) != content:
                        return False, False
                refreshed |= _refresh(seen["folders"], path, current, content, now)
        except OSError:
            return False, False
    for path, (known, content) in seen["files"].items():
        full = f"{root}/{path}"
        try:
            current = signature(os.lstat(full))
            if current != known:
                if _content(full) != content:
                    return False, False
                refreshed |= _refresh(seen["files"], path, current, content, now)
        except OSError:
            return False, False
    return all(_state(root, path)[1:] == state for path, state in seen["others"].items()), refreshed


def _refresh(
    table: dict[str, tuple[Signature, bytes]], path: str, current: Signature, content: bytes, now: int
) -> bool:
    """Note that a content has a new signature, unless it is so new that it could change once more unseen."""
    if max(current[1], current[2]) >= now - _TICK:
        return False
    table[path] = current, content
    return True


def _content(path: str) -> bytes | None:
    """Return the hash of a file's content; None where it is no regular file any more, or too large to be read."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return None
        return digest(stream.read(_LARGEST + 1))


def _state(root: str, path: str) -> tuple[int, str, str, bytes]:
    """Return when a path changed last, what it is, where it leads and the hash of its content; never raises."""
    full = f"{root}/{path}"
    try:
        link = kind(os.lstat(full).st_mode)
        real = os.path.realpath(full)
        status = os.stat(full)  # noqa: PTH116 - strings all the way
    except (OSError, ValueError):
        return 0, "", "", b""
    content = b""
    changed = 0
    if real != root and not real.startswith(root.rstrip(os.sep) + os.sep):
        # What a link leads to outside of the repository is never looked into.
        return changed, link + kind(status.st_mode), real, content
    if stat.S_ISDIR(status.st_mode):
        with contextlib.suppress(OSError):
            content = digest("\0".join(sorted(os.listdir(real))).encode("utf-8", "surrogatepass"))  # noqa: PTH208
    elif stat.S_ISREG(status.st_mode):
        changed = max(status.st_mtime_ns, status.st_ctime_ns)
        try:
            content = _content(real) or b"%d %d" % (status.st_size, changed)
        except OSError:
            content = b"unreadable"
    return changed, link + kind(status.st_mode), real, content
