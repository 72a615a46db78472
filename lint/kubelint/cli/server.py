"""``kubelint server``."""

from __future__ import annotations

import gc

import click

from kubelint.cli.context import usage_error


@click.command("server")
def command() -> None:
    """Serve an editor over standard input and output (Language Server Protocol)."""
    try:
        from kubelint.server.app import server
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        usage_error("the language server needs pygls: pip install 'kubelint[server]'")
    gc.enable()  # commands end before it pays; this one stays
    server.start_io()
