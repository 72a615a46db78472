"""``kubelint cache``."""

from __future__ import annotations

from pathlib import Path

import click

from kubelint.cli.context import usage_error


@click.group("cache")
def command() -> None:
    """Show or empty the cache of reports."""


@command.command("dir")
def show() -> None:
    """Print the folder of the cache."""
    click.echo(str(_folder()))


@command.command("clean")
@click.option("--cache-dir", type=click.Path(path_type=Path), metavar="DIR", help="Clean this folder instead.")
def clean(cache_dir: Path | None) -> None:
    """Remove everything from the cache."""
    from kubelint import cache_entry
    from kubelint.report.terminal import plural

    folder = cache_dir or _folder()
    try:
        removed = cache_entry.clean(folder)
    except OSError as error:
        usage_error(f"{folder} cannot be cleaned: {error.strerror}")
    click.echo(f"kubelint: {plural(removed, 'report')} removed from {folder}", err=True)


def _folder() -> Path:
    from kubelint.cache_entry import default_folder

    try:
        return default_folder()
    except RuntimeError:
        usage_error("there is no home folder; set KUBELINT_CACHE_DIR")
