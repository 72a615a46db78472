"""``kubelint check --watch``: check again whenever a file changes."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Callable
from pathlib import Path

import click

from kubelint.cli.context import usage_error

#: What a screen is cleared with: erase it, erase what scrolled off it, go to its upper left corner.
#: Milliseconds between two looks at what has changed.
_PAUSE = 200
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"


def watch(root: Path, run: Callable[[], object]) -> None:
    """Call ``run`` now and after each change of a file below a folder, until interrupted.

    Folders that are never read (`.git`, environments) do not count, and changes that come together run it once.
    """
    try:
        from watchfiles import DefaultFilter
        from watchfiles import watch as changes
    except ImportError:
        usage_error("--watch needs watchfiles: pip install 'kubelint[watch]'")
    gc.enable()  # commands end before it pays; this one stays
    first = True
    # The first check waits until the watch is set up, so that no change after it is missed.
    for changed in changes(
        root, watch_filter=DefaultFilter(), raise_interrupt=False, yield_on_timeout=True, rust_timeout=_PAUSE
    ):
        if first or changed:
            first = False
            _once(run)


def _once(run: Callable[[], object]) -> None:
    if sys.stdout.isatty():
        click.echo(_CLEAR, nl=False)
    # What would end a single run (a broken configuration, findings) is there to be mended.
    with contextlib.suppress(SystemExit):
        run()
    sys.stdout.flush()
    click.echo("kubelint: waiting for changes, Ctrl+C ends", err=True)
