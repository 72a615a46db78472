"""``kubelint server``."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kubelint import cache
from kubelint.cache_entry import folder_for
from kubelint.cli.context import usage_error

if TYPE_CHECKING:
    from kubelint.baseline import Baseline
    from kubelint.check import Report
    from kubelint.config import Settings
    from kubelint.outcome import Outcome


class Cached:
    """The cache of reports as the server's memory: what the last ``kubelint check`` found is shown at once."""

    def load(self, root: Path, settings: Settings, baseline: Baseline | None) -> Outcome | None:
        """Return the outcome of the last check of an unchanged repository; None where there is none."""
        entry = self._entry(root, settings, baseline)
        return None if entry is None else entry.load()

    def save(self, report: Report, baseline: Baseline | None) -> None:
        """Keep the report of a check of what is on disk."""
        entry = self._entry(report.root, report.settings, baseline)
        if entry is not None:
            entry.save(report, report.built.graph.repository)

    def _entry(self, root: Path, settings: Settings, baseline: Baseline | None) -> cache.RunCache | None:
        folder = folder_for(root)
        return None if folder is None else cache.RunCache(folder, root, settings, baseline=baseline)


@click.command("server")
def command() -> None:
    """Serve an editor over standard input and output (Language Server Protocol)."""
    try:
        from kubelint.server.main import server
    except ImportError as error:
        if error.name is None or error.name.partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        usage_error("the language server needs pygls: pip install 'kubelint[server]'")
    server.memory = Cached()
    gc.freeze()  # what was imported stays: to look through it would take a tenth of the way to the first diagnostics
    server.start_io()
