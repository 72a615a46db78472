"""A line on the terminal that says that kubelint is at work, once a check takes long enough to wonder."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds before anything is shown, and between two updates.
_PATIENCE, _PAUSE = 1.0, 0.5


class _Ticker(threading.Thread):
    def __init__(self, text: str) -> None:
        super().__init__(daemon=True)
        self.text = text
        self.done = threading.Event()
        self.began = time.monotonic()
        self.shown = False

    def run(self) -> None:
        pause = _PATIENCE
        while not self.done.wait(pause):
            pause = _PAUSE
            self.shown = True
            sys.stderr.write(f"\r\x1b[2Kkubelint: {self.text} … {time.monotonic() - self.began:.0f} s")
            sys.stderr.flush()


@contextmanager
def progress(text: str) -> Iterator[None]:
    """Show the text and the seconds on standard error while the block runs; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    ticker = _Ticker(text)
    ticker.start()
    try:
        yield
    finally:
        ticker.done.set()
        ticker.join()
        if ticker.shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
