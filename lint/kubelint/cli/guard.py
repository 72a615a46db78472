"""What stands around every command: no traceback reaches a user, and a closed pipe is no error."""

from __future__ import annotations

import gc
import os
import signal
import sys
from typing import NoReturn

import click

INTERNAL_ERROR = 2


def guarded(command: click.Command) -> None:
    """Run a command and exit with its code.

    The process ends without being taken apart: freeing the trees of ten thousand files one by one, and looking for
    cycles among them, would take longer than checking them.
    """
    gc.disable()
    # Children that share the work, and temporary files, are taken away on the way out.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        command.main(prog_name="kubelint", standalone_mode=True)
    except SystemExit as end:
        _end(end.code)
    except BrokenPipeError:
        # The reader has seen enough; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("KUBELINT_DEBUG"):
            raise
        click.echo(f"kubelint: internal error: {type(error).__name__}: {error}", err=True)
        click.echo("This is a defect of kubelint. KUBELINT_DEBUG=1 shows where; please report it.", err=True)
        sys.exit(INTERNAL_ERROR)


def _end(code: object) -> NoReturn:
    """End the process with what ``sys.exit`` was given."""
    if not isinstance(code, int | None):
        sys.exit(str(code))
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # the reader has gone, as for BrokenPipeError above; the language server closes both
        os._exit(0)
    os._exit(code or 0)
