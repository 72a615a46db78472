"""``kubelint check``."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kubelint.cli.context import (
    Project,
    has_hyperlinks,
    open_project,
    project_options,
    read_baseline,
    refuse,
    usage_error,
    wants_color,
    write_file,
)
from kubelint.config import ConfigurationError, Settings
from kubelint.finding import Finding, Severity

if TYPE_CHECKING:
    from kubelint.baseline import Baseline
    from kubelint.outcome import Outcome
    from kubelint.profile import Profile

NOTHING_TO_CHECK = 3
FINDINGS = 1
FOR_PEOPLE = ("text", "concise", "statistics")
SEVERITIES = [severity.label for severity in Severity]


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="FMT[=FILE]",
    help="text, concise, statistics, json, jsonl, sarif, github, gitlab, junit, checkstyle, rdjson, markdown or html; "
    "repeatable, with =FILE into a file.",
)
@click.option("--select", "select", multiple=True, metavar="NAMES", help="Run these groups, systems or rules only.")
@click.option("--extend-select", multiple=True, metavar="NAMES", help="Run these besides the default ones.")
@click.option("--ignore", multiple=True, metavar="NAMES", help="Do not run these.")
@click.option("--fail-on", type=click.Choice([*SEVERITIES, "never"]), help="Least severity for exit code 1 [warning].")
@click.option("--exit-zero", is_flag=True, help="Exit 0 in spite of findings; errors of usage still exit 2.")
@click.option("--allow-empty", is_flag=True, help="Exit 0 instead of 3 where there is nothing to check.")
@click.option("--fix", "fix", is_flag=True, help="Mend what is certain, then report what is left.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also mend what may change what runs.")
@click.option("--diff", "diff", is_flag=True, help="Show what --fix would do as a diff; write nothing.")
@click.option("--fix-only", is_flag=True, help="Mend what is certain and do not report what is left.")
@click.option(
    "--add-ignore",
    is_flag=False,
    flag_value="",
    metavar="[REASON]",
    help="Write a directive for each finding, as --add-ignore='why it may stay'.",
)
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of showing them.")
@click.option("--watch", is_flag=True, help="Check again whenever a file changes.")
@click.option(
    "--stdin-filename",
    type=click.Path(path_type=Path),
    help="Read this file's text from standard input and report its findings.",
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Do not read these files and folders.")
@click.option("--force-exclude", is_flag=True, help="Leave ignored files out even where they are named.")
@click.option(
    "--only-touching", is_flag=True, help="Report only findings that touch one of PATHS at any of their places."
)
@click.option(
    "--changed-since", metavar="REV", help="Report only findings that touch a file changed since this commit."
)
@click.option("--baseline", "baseline", type=click.Path(path_type=Path), help="Hide what this baseline knows.")
@click.option("--no-baseline", is_flag=True, help="Report what .kubelint-baseline.yaml hides as well.")
@click.option("--target", "targets", multiple=True, metavar="SYSTEM=VERSION", help="Such as kubernetes=1.29.")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Also load this installed rule pack.")
@click.option("--cache-dir", type=click.Path(path_type=Path), metavar="DIR", help="Keep the cache in this folder.")
@click.option("--no-cache", is_flag=True, help="Read everything again, and keep nothing.")
@click.option("--profile-rules", is_flag=True, help="Tell on standard error what each phase and each rule cost.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True)
@click.option("-v", "--verbose", is_flag=True, help="Name each file that was not checked, and why.")
@click.option("-q", "--quiet", is_flag=True, help="Findings only, no summary.")
@project_options
def command(
    paths: tuple[Path, ...], root: Path | None, config_path: Path | None, isolated: bool, **options: object
) -> None:
    """Check a repository and report what is wrong.

    The whole repository is read, because one file can break another; PATHS only say which files' findings are
    reported. Default: the current folder.
    """
    if options["stdin_filename"] is not None:
        paths = (_existing(options["stdin_filename"]),)
    project = open_project(paths, root, config_path, isolated=isolated)
    if options["watch"]:
        from kubelint.cli.watch import watch

        watch(project.root, lambda: run(open_project(paths, root, config_path, isolated=isolated), options))
    else:
        run(project, options)


def run(project: Project, options: dict[str, object]) -> None:
    """Check, write the reports and exit with the code that the result means."""
    from dataclasses import replace

    from kubelint.crowd import thinned
    from kubelint.discovery import packs as find_packs
    from kubelint.profile import Profile
    from kubelint.report import FORMATS, Options, render

    formats: tuple[str, ...] = options["formats"]  # type: ignore[assignment]
    outputs = _outputs(formats or (("statistics",) if options["statistics"] else ()), FORMATS)
    settings = _settings(project.settings, options)
    try:
        packs = find_packs(options["packs"])  # type: ignore[arg-type]
    except LookupError as error:
        usage_error(str(error.args[0]))
    _unknown_names(settings, packs, options)
    touching = bool(options["only_touching"])
    include = () if options["force_exclude"] else project.paths
    from kubelint.cli.progress import progress

    scope: dict[str, Any] = {"paths": project.paths, "include": include, "packs": packs, "touching": touching}
    if options["stdin_filename"] is not None:
        _from_standard_input(project, options["stdin_filename"], scope, options)
    if options["changed_since"]:
        scope["changed"] = _changed(project, str(options["changed_since"]))
    if not options["no_baseline"]:
        scope["baseline"] = _baseline(project, options["baseline"])
    try:
        if options["add_ignore"] is not None:
            _add_ignores(project, settings, scope, options)
        if options["fix"] or options["fix_only"] or options["diff"]:
            _fix(project, settings, scope, options)
        profile = Profile() if options["profile_rules"] else None
        with progress(f"checking {project.root}"):
            report = _check(project.root, settings, scope, options, profile)
    except ConfigurationError as error:
        refuse(error)
    if profile is not None:
        click.echo(profile.table(), err=True)
    shown = replace(report, findings=thinned(report.findings, settings.limits.findings))
    for name, target in outputs:
        color = target is None and name in FOR_PEOPLE and wants_color(str(options["color"]))
        report_options = Options(
            color=color,
            width=shutil.get_terminal_size().columns if color else None,
            base=project.base if name in FOR_PEOPLE else "",
            hyperlinks=color and has_hyperlinks(),
            verbose=bool(options["verbose"]),
            quiet=bool(options["quiet"]),
            checkout=_checkout(project.root),
        )
        text = render(name, shown, report_options)
        if target is None:
            click.echo(text, nl=bool(text) and not text.endswith("\n"), color=True)
        else:
            write_file(target, text if text.endswith("\n") else text + "\n")
    _tell_what_was_not_checked(report, outputs)
    if report.coverage.empty and not report.findings:
        click.echo(f"kubelint: nothing to check in {project.root}", err=True)
        sys.exit(0 if options["allow_empty"] else NOTHING_TO_CHECK)
    threshold = options["fail_on"] or settings.fail_on.label
    failed = threshold != "never" and report.failed(Severity.parse(str(threshold)))
    sys.exit(FINDINGS if failed and not options["exit_zero"] else 0)


def _existing(path: object) -> Path:
    """Return the nearest folder of a file that need not exist yet: its repository is found from there."""
    assert isinstance(path, Path)  # noqa: S101 - click made it
    return next((folder for folder in path.absolute().parents if folder.exists()), Path())


def _from_standard_input(project: Project, path: object, scope: dict[str, Any], options: dict[str, object]) -> None:
    """Put the text on standard input in the place of a file and report what touches that file."""
    from kubelint.files import decode

    assert isinstance(path, Path)  # noqa: S101 - click made it
    if options["fix"] or options["fix_only"] or options["add_ignore"] is not None:
        usage_error("--stdin-filename: what comes from standard input can be shown as a --diff, and is not written")
    try:
        name = Path(os.path.realpath(path)).relative_to(project.root).as_posix()
    except ValueError:
        usage_error(f"--stdin-filename {path} is not inside the root {project.root}; give --root")
    source, problems = decode(name, sys.stdin.buffer.read())
    if problems:
        usage_error(f"--stdin-filename {path}: {problems[0].message}")
    scope |= {"paths": (name,), "include": (name,), "overlay": {name: source.text}, "touching": True}


def _changed(project: Project, revision: str) -> frozenset[str]:
    from kubelint.cli.git import GitError, changed_files

    try:
        return changed_files(project.root, revision)
    except GitError as error:
        usage_error(f"--changed-since {revision}: {error}")


def _baseline(project: Project, file: object) -> Baseline | None:
    path = file if isinstance(file, Path) else None
    shown, found = read_baseline(project, path)
    if path is not None and found is None:
        usage_error(f"{shown} does not exist; `kubelint baseline create --baseline {shown}` writes it")
    return found


def _check(
    root: Path, settings: Settings, scope: dict[str, Any], options: dict[str, object], profile: Profile | None
) -> Outcome:
    """Return what the cache knows of an unchanged repository, else check it and let the cache know."""
    from kubelint import cache
    from kubelint.cache_entry import folder_for

    chosen = options["cache_dir"]
    folder = folder_for(root, chosen if isinstance(chosen, Path) else None)
    if options["no_cache"] or profile is not None or folder is None or "overlay" in scope:
        from kubelint.check import check

        return check(root, settings, profile=profile, **scope)
    entry = cache.RunCache(folder, root, settings, **scope)
    outcome = entry.load()
    if outcome is None:
        from kubelint.check import check

        report = check(root, settings, kept=entry.files, **scope)
        entry.save(report, report.built.graph.repository)
        entry.files.save()
        outcome = report
    return outcome


def _finder(project: Project, settings: Settings, scope: dict[str, Any]) -> Callable[[dict[str, str]], list[Finding]]:
    """Return what checks the project with other texts of some files."""
    from kubelint.check import check

    def findings(texts: dict[str, str]) -> list[Finding]:
        return check(project.root, settings, **{**scope, "overlay": {**scope.get("overlay", {}), **texts}}).findings

    return findings


def _fix(project: Project, settings: Settings, scope: dict[str, Any], options: dict[str, object]) -> None:
    """Apply fixes, or show them as a diff and end the program: 1 where there is something to mend, else 0."""
    from kubelint import fix
    from kubelint.report.terminal import escape, plural

    fixed = fix.fix_all(_finder(project, settings, scope), unsafe=bool(options["unsafe_fixes"]))
    if options["diff"]:
        _show_diff(fixed.diff())
        sys.exit(FINDINGS if fixed.texts and not options["exit_zero"] else 0)
    fix.write(project.root, fixed)
    for path, reason in sorted(fixed.refused.items()):
        click.echo(f"kubelint: {escape(path)} was left alone: {escape(reason)}", err=True)
    click.echo(f"kubelint: {plural(len(fixed.applied), 'finding')} mended", err=True)
    if options["fix_only"]:
        sys.exit(0)


def _show_diff(diff: str) -> None:
    """Print a diff: without control characters of the files on a terminal, as it is in a pipe, for `patch`."""
    from kubelint.report.terminal import escape

    click.echo("\n".join(map(escape, diff.split("\n"))) if sys.stdout.isatty() else diff, nl=False)


def _add_ignores(project: Project, settings: Settings, scope: dict[str, Any], options: dict[str, object]) -> None:
    """Write a directive for each finding, or show it as a diff and end the program."""
    from kubelint import fix, ignore
    from kubelint.report.terminal import escape, plural

    reason = str(options["add_ignore"]).strip()
    if not reason.isprintable():
        usage_error("--add-ignore: the reason must be one line of printable characters")

    made = ignore.add_ignores(_finder(project, settings, scope), reason)
    if options["diff"]:
        _show_diff(made.diff())
        sys.exit(0)
    fix.write(project.root, made)
    for path, why in sorted(made.refused.items()):
        click.echo(f"kubelint: not everything in {escape(path)} is ignored: {escape(why)}", err=True)
    click.echo(f"kubelint: {plural(len(made.applied), 'finding')} ignored", err=True)


def _outputs(formats: tuple[str, ...], known: dict[str, str]) -> list[tuple[str, Path | None]]:
    outputs: list[tuple[str, Path | None]] = []
    for item in formats or ("text",):
        name, _, target = item.partition("=")
        if name not in known:
            from kubelint.suggest import did_you_mean, nearest

            meant = did_you_mean(nearest(name, known))
            usage_error(f"there is no format `{name}`; {meant or 'known are ' + ', '.join(known)}")
        outputs.append((name, Path(target) if target else None))
    if sum(1 for _, target in outputs if target is None) > 1:
        usage_error("two formats on standard output; give one of them a file: --format sarif=report.sarif")
    return outputs


def _checkout(root: Path) -> str:
    """Return the root as seen from the folder that GitHub Actions or GitLab CI checked out."""
    folder = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR")
    if not folder:
        return ""
    try:
        shown = root.relative_to(os.path.realpath(folder)).as_posix()
    except ValueError:
        return ""
    return "" if shown == "." else shown


def _names(values: object) -> tuple[str, ...]:
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())  # type: ignore[attr-defined]


def _settings(settings: Settings, options: dict[str, object]) -> Settings:
    changes: dict[str, object] = {}
    if options["select"]:
        changes["select"] = _names(options["select"])
    if options["extend_select"]:
        changes["extend_select"] = settings.extend_select + _names(options["extend_select"])
    if options["ignore"]:
        changes["ignore"] = settings.ignore + _names(options["ignore"])
    if options["exclude"]:
        changes["exclude"] = settings.exclude + tuple(options["exclude"])  # type: ignore[arg-type]
    if options["targets"]:
        targets = dict(settings.targets)
        for item in options["targets"]:  # type: ignore[attr-defined]
            name, separator, version = item.partition("=")
            if not separator or name not in ("kubernetes", "istio", "kubespray"):
                usage_error(f"--target {item}: write kubernetes=VERSION, istio=VERSION or kubespray=VERSION")
            targets[name] = version
        changes["targets"] = targets
    return settings.with_changes(**changes) if changes else settings


def _unknown_names(settings: Settings, packs: tuple[str, ...], options: dict[str, object]) -> None:
    """Refuse names on the command line that select nothing: a typo there would make the run greener."""
    given = [*_names(options["select"]), *_names(options["extend_select"]), *_names(options["ignore"])]
    if not given:
        return
    from kubelint.catalogue import entries
    from kubelint.group import Group
    from kubelint.suggest import did_you_mean, nearest

    del settings
    classes = entries(packs)
    known = (
        {rule.identity() for rule in classes}
        | {rule.family() for rule in classes}
        | {group.value for group in Group}
        | {"all"}
    )
    for name in given:
        if name not in known:
            tail = sorted(rule for rule in known if rule.endswith("/" + name))
            usage_error(
                f"there is no rule, system or group `{name}`. {did_you_mean(tail or nearest(name, known))}".rstrip()
            )


def _tell_what_was_not_checked(report: object, outputs: list[tuple[str, Path | None]]) -> None:
    """Machine formats on standard output hold findings only; what was skipped is then told on standard error."""
    if any(name in ("text", "statistics") and target is None for name, target in outputs):
        return
    coverage = report.coverage  # type: ignore[attr-defined]
    for skipped in coverage.skipped:
        from kubelint.report.terminal import escape

        click.echo(f"kubelint: not read: {escape(skipped.path)}: {escape(skipped.reason)}", err=True)
