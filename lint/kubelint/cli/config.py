"""``kubelint config``."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from pathlib import Path

import click

from kubelint.cli.context import open_project, project_options, refuse
from kubelint.config import ConfigurationError
from kubelint.finding import Severity


@click.command("config")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the configuration file.")
@project_options
def command(path: Path | None, root: Path | None, config_path: Path | None, isolated: bool, schema: bool) -> None:
    """Show the settings in effect for the repository of PATH, as JSON."""
    if schema:
        from kubelint.discovery import rules
        from kubelint.options import configuration_schema
        from kubelint_schemas import config as config_schema

        click.echo(json.dumps(configuration_schema(config_schema.schema(), rules()), indent=2, ensure_ascii=False))
        return
    project = open_project([path] if path else [], root, config_path, isolated=isolated)
    settings = project.settings
    if settings.option_nodes:
        from kubelint.check import verify_options

        try:
            verify_options(settings)
        except ConfigurationError as error:
            refuse(error)
    shown = {field.name.replace("_", "-"): _plain(getattr(settings, field.name)) for field in fields(settings)}
    shown["file"] = settings.source.path if settings.source is not None else None
    shown["root"] = str(project.root)
    del shown["source"], shown["mentions"], shown["option-nodes"]
    click.echo(json.dumps(shown, indent=2))


def _plain(value: object) -> object:
    if isinstance(value, Severity):
        return value.label
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name.replace("_", "-"): _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
