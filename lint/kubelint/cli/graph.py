"""``kubelint graph``."""

from __future__ import annotations

from pathlib import Path

import click

from kubelint.cli.context import open_project, project_options, refuse, usage_error, write_file
from kubelint.config import ConfigurationError

FORMATS = ["html", "svg", "dot", "mermaid", "json"]


@click.command("graph")
@click.option("--format", "name", type=click.Choice(FORMATS), default="html", show_default=True)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write into this file [html: kubelint-graph.html]."
)
@click.option(
    "--around", metavar="ENTITY", help="Only what is connected to this: Kind/name, Kind/namespace/name or a name."
)
@click.option(
    "--depth", type=click.IntRange(0, 50), default=2, show_default=True, help="How many references --around goes."
)
@click.option("--no-outside", is_flag=True, help="Leave out names that may lie outside of the repository.")
@project_options
def command(
    root: Path | None,
    config_path: Path | None,
    isolated: bool,
    name: str,
    output: Path | None,
    around: str | None,
    depth: int,
    no_outside: bool,
) -> None:
    """Draw what refers to what, with the findings on it."""
    from kubelint.check import check
    from kubelint.cli.progress import progress
    from kubelint.report import picture as pictures
    from kubelint.report.picture import model
    from kubelint.suggest import did_you_mean, nearest

    project = open_project((), root, config_path, isolated=isolated)
    with progress(f"drawing {project.root}"):
        try:
            report = check(project.root, project.settings)
        except ConfigurationError as error:
            refuse(error)
        drawn = model.picture(report, outside=not no_outside)
        if around is not None:
            called = {
                node.id: {node.name, f"{node.kind}/{node.name}", f"{node.kind}/{node.namespace}/{node.name}"}
                for node in drawn.nodes
            }
            meant = [node for node, names in called.items() if around in names]
            if not meant:
                known = {f"{node.kind}/{node.name}" for node in drawn.nodes}
                usage_error(f"nothing is called `{around}` here. {did_you_mean(nearest(around, known))}".rstrip())
            drawn = drawn.around(meant, depth)
        text = pictures.draw(name, drawn)
    if output is None and name == "html":
        output = Path("kubelint-graph.html")
    if output is None:
        click.echo(text, nl=False)
        return
    write_file(output, text)
    click.echo(f"wrote {output}: {len(drawn.nodes)} nodes, {len(drawn.edges)} references", err=True)
