"""What the commands share: finding the root, loading the configuration, telling the user what cannot be used."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, NoReturn, TypeVar

import click

if TYPE_CHECKING:
    from kubelint.baseline import Baseline
    from kubelint.config import ConfigurationError, Settings

USAGE_ERROR = 2
F = TypeVar("F", bound=Callable[..., object])


class Project(NamedTuple):
    """The repository that a command works on.

    ``base`` is the current folder relative to the root ('' for the root itself or a folder outside): terminal output
    shows paths relative to it. ``paths`` are the paths that the user named, relative to the root.
    """

    root: Path
    settings: Settings
    base: str
    paths: tuple[str, ...]


def project_options(command: F) -> F:
    """Add the options that say which repository and which configuration a command works on."""
    for option in (
        click.option("--isolated", is_flag=True, help="Ignore the configuration file."),
        click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file."),
        click.option(
            "--root", type=click.Path(path_type=Path), help="The root of the repository; found by itself otherwise."
        ),
    ):
        command = option(command)
    return command


def open_project(paths: Sequence[Path], root: Path | None, config_path: Path | None, *, isolated: bool) -> Project:
    """Return the project that paths and options mean; ends the program where they mean none."""
    chosen = [Path(path) for path in paths] or [root or Path()]
    for path in chosen:
        if not path.exists():
            usage_error(f"{path}: no such file or folder")
    real = [Path(os.path.realpath(path)) for path in chosen]
    top = Path(os.path.realpath(root)) if root is not None else find_root(real)
    if not top.is_dir():
        usage_error(f"{top}: no such folder")
    relative: list[str] = []
    for path, shown in zip(real, chosen, strict=True):
        try:
            relative.append(path.relative_to(top).as_posix())
        except ValueError:
            usage_error(f"{shown} is not inside the root {top}; give --root")
    base = ""
    try:
        base = Path(os.path.realpath(Path.cwd())).relative_to(top).as_posix()
    except ValueError:
        base = ""
    everything = any(path in (".", "") for path in relative)
    settings = load_settings(top, config_path, isolated=isolated)
    return Project(top, settings, "" if base == "." else base, () if everything else tuple(relative))


def markers() -> tuple[str, ...]:
    """Return the names of what stands in the root of a repository."""
    from kubelint.config import FILE_NAMES

    return (*FILE_NAMES, ".git")


def find_root(paths: Sequence[Path]) -> Path:
    """Return the nearest folder above the paths that holds a configuration or ``.git``; else the paths' own folder."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    common = Path(os.path.commonpath(folders))
    for folder in (common, *common.parents):
        if any((folder / marker).exists() for marker in markers()):
            return folder
    return common


def load_settings(root: Path, config_path: Path | None, *, isolated: bool) -> Settings:
    """Return the settings of the repository; prints all mistakes in them and ends the program if they are unusable."""
    from kubelint.config import ConfigurationError, Settings, find_configuration, load

    if isolated:
        return Settings()
    path = config_path or find_configuration(root)
    if path is None:
        return Settings()
    shown = os.path.relpath(path, root) if config_path is None else str(path)
    try:
        return load(path, shown, within=root if config_path is None else None)
    except ConfigurationError as error:
        refuse(error)


def refuse(
    error: ConfigurationError, advice: str = "the configuration cannot be used; see `kubelint config --schema`"
) -> NoReturn:
    """Print every mistake of a configuration that cannot be used, then the advice; ends with exit code 2."""
    from kubelint.report.terminal import escape

    for problem in error.problems:
        span = problem.span
        click.echo(f"{escape(span.file.path)}:{span.line}:{span.column}: {escape(problem.message)}", err=True)
        if problem.help:
            click.echo(f"  help: {escape(problem.help)}", err=True)
    click.echo(f"kubelint: {advice}", err=True)
    sys.exit(USAGE_ERROR)


def read_baseline(project: Project, file: Path | None) -> tuple[Path, Baseline | None]:
    """Return where the baseline lies and what is in it, None where there is none; a broken one ends the program."""
    from kubelint.config import BASELINE_NAME, ConfigurationError

    path = file or project.root / BASELINE_NAME
    shown = Path(os.path.relpath(path))
    if not os.path.lexists(path):
        return shown, None
    from kubelint import baseline  # most repositories have none

    try:
        name = BASELINE_NAME if file is None else str(file)
        return shown, baseline.load(path, name, within=project.root if file is None else None)
    except ConfigurationError as error:
        refuse(error, "the baseline cannot be used, and nothing was checked")


def write_file(target: Path, text: str) -> None:
    """Write a file in one step; ends the program where it cannot be written."""
    try:
        if target.exists() and not target.is_file():  # a pipe or a device is written to and not replaced
            target.write_text(text, encoding="utf-8")
            return
        import tempfile  # only who writes needs it, and it brings all of shutil along

        # A new file under a name that nobody can foresee: the repository may have laid out links.

        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            temporary.chmod(target.stat().st_mode & 0o7777 if target.is_file() else 0o666 & ~_umask())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        usage_error(f"{target} cannot be written: {error.strerror}")


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def usage_error(message: str) -> NoReturn:
    """Print a message and end the program with exit code 2."""
    click.echo(f"kubelint: {message}", err=True)
    sys.exit(USAGE_ERROR)


def wants_color(choice: str, *, stream: object | None = None) -> bool:
    """Tell whether to colour: the option, then NO_COLOR, then FORCE_COLOR, then whether the stream is a terminal.

    Source: no-color.org; force-color.org.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE"):
        return True
    if os.environ.get("TERM") == "dumb":
        return False
    target = stream if stream is not None else sys.stdout
    return bool(getattr(target, "isatty", lambda: False)())


def has_hyperlinks() -> bool:
    """Tell whether the terminal shows links (OSC 8): by the variables that such terminals set.

    Source: the list of the OSC 8 specification's adoption page; FORCE_HYPERLINK as npm's supports-hyperlinks reads it.
    """
    forced = os.environ.get("FORCE_HYPERLINK")
    if forced is not None:
        return forced not in ("", "0", "false")
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    if os.environ.get("VTE_VERSION", "").isdigit():
        return int(os.environ["VTE_VERSION"]) >= 5000
    if os.environ.get("TERM_PROGRAM") in ("iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "zed"):
        return True
    return any(os.environ.get(name) for name in ("WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"))
