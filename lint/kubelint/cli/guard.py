"""What stands around every command: no traceback reaches a user, and a closed pipe is no error."""

from __future__ import annotations

import os
import sys

import click

INTERNAL_ERROR = 2


def guarded(command: click.Command) -> None:
    """Run a command and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        command.main(prog_name="kubelint", standalone_mode=True)
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
