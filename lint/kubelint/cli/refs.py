"""``kubelint refs``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kubelint.cli.context import open_project, project_options, usage_error
from kubelint.report.dump import dump

if TYPE_CHECKING:
    from kubelint.graph.query import Graph


@click.command("refs")
@click.argument("name", required=False)
@click.option("--unresolved", is_flag=True, help="Only references that may lead out of the repository.")
@click.option("--calls", is_flag=True, help="Who calls whom, and how long each call may last, instead of references.")
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
@click.option("--format", "output", type=click.Choice(["text", "json"]), default="text", help="Same as --json, or not.")
@project_options
def command(
    name: str | None,
    root: Path | None,
    config_path: Path | None,
    isolated: bool,
    unresolved: bool,
    calls: bool,
    as_json: bool,
    output: str,
) -> None:
    """Show who refers to NAME and what it refers to, with the places; without NAME, all references.

    NAME is Kind/name, Kind/namespace/name or a name alone.
    """
    from kubelint.build import build
    from kubelint.discovery import systems
    from kubelint.graph.model import Entity, Reference, Resolution
    from kubelint.report.terminal import escape
    from kubelint.repository import Repository
    from kubelint.suggest import did_you_mean, nearest

    project = open_project((), root, config_path, isolated=isolated)
    repository = Repository(project.root, exclude=project.settings.exclude, limits=project.settings.limits)
    graph = build(repository, project.settings, systems()).graph

    def meant(entity: Entity) -> bool:
        key = entity.key
        return name in (str(key), f"{key.kind}/{key.name}", key.name)

    chosen = [entity for entity in graph.entities if meant(entity)] if name else []
    if name and not chosen:
        names = {f"{entity.key.kind}/{entity.name}" for entity in graph.entities}
        usage_error(f"nothing is called `{name}` here. {did_you_mean(nearest(name, names))}".rstrip())
    as_json = as_json or output == "json"
    if calls:
        _show_calls(graph, {str(entity) for entity in chosen} if name else None, as_json=as_json)
        return
    references: list[Reference] = []
    if name:
        for entity in chosen:
            references += graph.outgoing(entity) + graph.incoming(entity)
    else:
        references = list(graph.references)
    if unresolved:
        references = [reference for reference in references if reference.resolution is Resolution.UNKNOWN]
    unique = {(r.kind, r.span.key, str(r.wanted), r.resolution): r for r in references}
    rows = [_row(reference) for reference in unique.values()]
    rows.sort(key=lambda row: (row["path"], row["line"], row["column"], row["kind"]))
    if as_json:
        click.echo(dump(rows, indent=2))
        sys.exit(0)
    for entity in chosen:
        span = entity.span
        click.echo(
            click.style(escape(str(entity)), bold=True)
            + f"  {escape(span.file.path)}:{span.line}:{span.column}  ({entity.unit})"
        )
    for row in rows:
        to = ", ".join(f"{target['name']} {target['path']}:{target['line']}" for target in row["targets"])  # type: ignore[attr-defined]
        place = f"{row['path']}:{row['line']}:{row['column']}"
        line = f"{place}: {row['source']} {row['kind']} {row['wanted']}: {row['resolution']}"
        click.echo(escape(line + (f" → {to}" if to else "")))


def _show_calls(graph: Graph, names: set[str] | None, *, as_json: bool) -> None:
    """Print the call graph: all calls, or those that begin or end at one of the names."""
    from kubelint.report.terminal import escape
    from kubelint.systems.istio.call_table import call_rows

    rows = [row for row in call_rows(graph) if names is None or names & {row.caller, *row.callees}]
    if as_json:
        click.echo(dump([row.data() for row in rows], indent=2))
        return
    for row in rows:
        click.echo(escape(f"{row.place.file.path}:{row.place.line}:{row.place.column}: {row.text}"))


def _row(reference: object) -> dict[str, object]:
    from kubelint.graph.model import Reference

    assert isinstance(reference, Reference)  # noqa: S101 - the caller passes nothing else
    span = reference.span
    ends = reference.targets or reference.candidates
    return {
        "kind": reference.kind,
        "source": str(reference.source),
        "path": span.file.path,
        "line": span.line,
        "column": span.column,
        "wanted": str(reference.wanted),
        "resolution": reference.resolution.value,
        "targets": [
            {"name": str(end), "path": end.span.file.path, "line": end.span.line, "column": end.span.column}
            for end in ends
        ],
    }
