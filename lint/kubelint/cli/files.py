"""``kubelint files``."""

from __future__ import annotations

from pathlib import Path

import click

from kubelint.cli.context import open_project, project_options
from kubelint.report.dump import dump


@click.command("files")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
@project_options
def command(
    paths: tuple[Path, ...], root: Path | None, config_path: Path | None, isolated: bool, as_json: bool
) -> None:
    """Show what each file is taken for, and why; also those that are not checked, with the reason."""
    from kubelint.build import build
    from kubelint.discovery import systems
    from kubelint.paths import matches
    from kubelint.report.terminal import escape
    from kubelint.repository import Repository

    project = open_project(paths, root, config_path, isolated=isolated)
    repository = Repository(project.root, exclude=project.settings.exclude, limits=project.settings.limits)
    built = build(repository, project.settings, systems())
    rows: list[tuple[str, str, str, str]] = []
    claimed: dict[str, list[tuple[str, str, str]]] = {}
    for document in built.documents:
        claimed.setdefault(document.source.path, []).append((document.system, document.kind, document.evidence))
    for file in repository.files:
        found = claimed.get(file.path, [])
        rows.extend((file.path, system, kind, evidence) for system, kind, evidence in found)
        if file.path in built.templated:
            rows.append((file.path, "-", "template", "holds template syntax that YAML cannot read; not checked"))
        elif not found:
            reason = "checked for syntax only" if file.path in built.unclaimed else "empty or of no known system"
            rows.append((file.path, "-", file.syntax, reason))
    rows.extend((skipped.path, "-", "not read", skipped.reason) for skipped in repository.skipped)
    if project.paths:
        rows = [row for row in rows if matches(row[0], project.paths)]
    if as_json:
        names = ("path", "system", "kind", "evidence")
        click.echo(dump([dict(zip(names, row, strict=True)) for row in rows], indent=2))
        return
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        cells = [escape(cell).ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        click.echo("  ".join([*cells, escape(row[3])]).rstrip())
    if repository.ignored:
        click.echo(f"{repository.ignored} files are left out by ignore files", err=True)
