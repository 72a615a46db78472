"""What stands around every command: no traceback reaches a user, and a closed pipe is no error."""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import NoReturn

import click

from kubelint.cli.signals import Stopped, stop_cleanly

INTERNAL_ERROR = 2


def guarded(command: click.Command) -> None:
    """Run a command and exit with its code.

    The process ends without being taken apart: freeing the trees of ten thousand files one by one, and looking for
    cycles among them, would take longer than checking them.
    """
    gc.disable()
    stop_cleanly()
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
        _let_go_of_stdout()
        sys.exit(0)
    except Stopped as stopped:
        click.echo("kubelint: stopped; nothing is left half-written", err=True)
        sys.exit(stopped.exit_code)
    except Exception as error:
        if os.environ.get("KUBELINT_DEBUG"):
            raise
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            _let_go_of_stdout()
            click.echo(f"kubelint: the output cannot be written: {error.strerror}", err=True)
            sys.exit(INTERNAL_ERROR)
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
    except (BrokenPipeError, ValueError):  # the reader has gone; the language server closes both streams
        os._exit(0)
    except OSError as error:
        click.echo(f"kubelint: the output cannot be written: {error.strerror}", err=True)
        os._exit(INTERNAL_ERROR)
    os._exit(code or 0)


def _let_go_of_stdout() -> None:
    """Let what is still buffered go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
