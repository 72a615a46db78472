"""What ends a run from outside: Ctrl-C, and the signal with which CI services and containers stop a job.

Python ends at once on SIGTERM, without the clean-up that takes away half-written files; and click reports Ctrl-C as
exit code 1, which means findings. Here both unwind the program, and the exit code is the shell's: 128 and the signal.
"""

from __future__ import annotations

import signal
from types import FrameType


class Stopped(BaseException):
    """The run was stopped by a signal; like KeyboardInterrupt no error that a rule or a reader may handle."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_code(self) -> int:
        """The code that a shell gives a program that the signal ended: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.number


def stop_cleanly() -> None:
    """Make the first of the signals unwind the program; a second one while it does is ignored."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # What was started with a signal ignored (nohup, a background job) keeps ignoring it.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)


def _stop(number: int, frame: FrameType | None) -> None:
    del frame
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    raise Stopped(number)
