"""``kubelint render``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from kubelint.cli.context import markers, usage_error

FAILED = 1


@click.command("render")
@click.argument("path", default=".", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["yaml", "json"]), default="yaml", show_default=True)
@click.option("--origin", is_flag=True, help="Tell in a comment where each value comes from.")
@click.option(
    "--load-restrictor",
    type=click.Choice(["LoadRestrictionsRootOnly", "LoadRestrictionsNone"]),
    default="LoadRestrictionsRootOnly",
    help="LoadRestrictionsNone: files may lie outside of the kustomization's folder, as for kustomize.",
)
@click.option("--root", type=click.Path(path_type=Path), help="The root of the repository; found by itself otherwise.")
def command(path: Path, form: str, origin: bool, load_restrictor: str, root: Path | None) -> None:
    """Print what the kustomization in the folder PATH builds, as kustomize would.

    Nothing is fetched and no plugin is run: remote bases, Helm charts and plugins that are programs are named on
    standard error and are missing from the output; the exit code is 1 then, as it is where kustomize would refuse the
    build.
    """
    from kubelint.systems.kustomize.build.door import build
    from kubelint.systems.kustomize.build.emit import to_json, to_yaml
    from kubelint.systems.kustomize.build.error import BuildError
    from kubelint.systems.kustomize.build.files import Files
    from kubelint.systems.kustomize.build.loader import Loader

    folder = Path(os.path.realpath(path))
    if folder.is_file():
        folder = folder.parent
    if not folder.is_dir():
        usage_error(f"{path}: no such folder")
    top = Path(os.path.realpath(root)) if root is not None else _root(folder)
    try:
        relative = folder.relative_to(top).as_posix()
    except ValueError:
        usage_error(f"{path} is not inside the root {top}; give --root")
    loader = Loader(Files(top), restricted=load_restrictor == "LoadRestrictionsRootOnly")
    try:
        built = build(loader, "" if relative == "." else relative)
    except BuildError as error:
        _report(error.span, f"{error.message}; {error.hint}" if error.hint else error.message)
        if error.related is not None:
            _report(*error.related, note=True)
        sys.exit(FAILED)
    click.echo(to_json(built.roots) if form == "json" else to_yaml(built.roots, origin=origin), nl=False)
    for part in built.opaque:
        _report(part.span, part.what)
    sys.exit(FAILED if built.opaque else 0)


def _report(span: object, message: str, *, note: bool = False) -> None:
    from kubelint.report.terminal import escape
    from kubelint.source import Span

    assert isinstance(span, Span)  # noqa: S101 - the callers pass nothing else
    place = f"{span.file.path}:{span.line}:{span.column}"
    click.echo(f"{escape(place)}: {'note' if note else 'error'}: {escape(message)}", err=True)


def _root(folder: Path) -> Path:
    """Return the repository that a folder is in; without one the nearest folder above all that the build names."""
    for above in (folder, *folder.parents):
        if any((above / marker).exists() for marker in markers()):
            return above
    from kubelint.systems.kustomize.build.reach import common_root

    return common_root(folder)
