"""Reading a file that the repository under check may have put there: bounded, no waiting, no way out (floor 0)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

#: Bytes that a configuration or a baseline may have.
MOST_BYTES = 16 * 1024 * 1024


def read_bounded(path: Path, *, within: Path | None = None, most: int = MOST_BYTES) -> bytes:
    """Return the bytes of a regular file; raises OSError, with a reason for the user as its ``strerror``.

    A named pipe or a device is no file, so that nobody waits for it. ``within`` is the folder that a link must not lead
    out of; None where the user named the file.
    """
    if within is not None and not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(within)):
        raise OSError(0, "it is a link that leads out of the repository")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(0, "it is not a regular file")
        if status.st_size > most:
            raise OSError(0, f"it is larger than {most} bytes")
        return stream.read(most)
