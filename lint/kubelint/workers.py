"""Work that is shared with forked processes (floor 0).

A child is a copy of this process, so it has everything that was read so far and gives back plain data only. Where
forking is not safe or not there, and where a child fails, the work is done here: what comes out is the same.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

ENVIRONMENT = "KUBELINT_JOBS"
#: More children than this read and write more than they save.
MOST = 8


def available() -> int:
    """Return how many processes may work at once, this one included: 1 where forking is not safe.

    ``KUBELINT_JOBS`` says it for this machine; else it is the number of processors that this process may use.
    """
    # macOS has libraries that do not survive a fork; a lock that another thread holds would be held for ever.
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return 1
    wanted = os.environ.get(ENVIRONMENT, "")
    if wanted.isascii() and wanted.isdigit():
        return max(1, min(MOST, int(wanted[:3])))
    return min(MOST, len(os.sched_getaffinity(0)))


def ranges(count: int, parts: int) -> list[range]:
    """Return ``count`` things in order, in so many parts of about the same size."""
    return [range(count * part // parts, count * (part + 1) // parts) for part in range(parts)]


def in_parts(work: Callable[[int], Any], parts: int) -> list[Any]:
    """Return what ``work`` returns for each number below ``parts``, in their order.

    Number 0 is worked on here, the others in children, so ``work`` may change nothing that somebody looks at later and
    returns what :mod:`marshal` can carry. An exception of number 0 ends the children.
    """
    children = [_Child(work, part) for part in range(1, parts)]
    try:
        results = [work(0)]
        results += [child.result() for child in children]
    finally:
        for child in children:
            child.end()
    return results


class Beside:
    """What children work on while this process goes on: ``work`` for each number below ``parts``."""

    def __init__(self, work: Callable[[int], Any], parts: int) -> None:
        self._children = [_Child(work, part) for part in range(parts)]

    def results(self) -> list[Any]:
        """Wait for them and return what ``work`` returned, in order of the numbers."""
        return [child.result() for child in self._children]

    def end(self) -> None:
        """End those that still run: nobody wants what they find."""
        for child in self._children:
            child.end()


class _Child:
    """A forked process that works on one part."""

    def __init__(self, work: Callable[[int], Any], part: int) -> None:
        self.work = work
        self.part = part
        self.pid: int | None = None
        self.pipe = -1
        try:
            self.pipe, out = os.pipe()
        except OSError:
            return
        try:
            sys.stdout.flush()
            sys.stderr.flush()
            self.pid = os.fork()
        except OSError:
            os.close(out)
            return
        if self.pid == 0:
            self._run(out)
        os.close(out)

    def _run(self, out: int) -> None:
        """Work, write the result and end without any of the parent's own clean-up."""
        code = 1
        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            os.close(self.pipe)
            with os.fdopen(out, "wb") as stream:
                stream.write(marshal.dumps(self.work(self.part)))
            code = 0
        except BaseException:
            code = 1
        finally:
            os._exit(code)

    def result(self) -> Any:
        """Return what the child has found; where it failed, do its work here."""
        if self.pid is not None:
            with os.fdopen(self.pipe, "rb") as stream:
                self.pipe = -1
                raw = stream.read()
            status = os.waitpid(self.pid, 0)[1]
            self.pid = None
            if status == 0:
                with contextlib.suppress(EOFError, ValueError, TypeError):
                    return marshal.loads(raw)  # noqa: S302 - our own child's bytes
        return self.work(self.part)

    def end(self) -> None:
        """End the child if it still runs."""
        if self.pipe >= 0:
            os.close(self.pipe)
            self.pipe = -1
        if self.pid is not None:
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(self.pid, 0)
            self.pid = None
