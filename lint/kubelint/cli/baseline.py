"""``kubelint baseline``."""

from __future__ import annotations

import datetime as dt
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kubelint.cli.context import Project, open_project, project_options, read_baseline, usage_error, write_file
from kubelint.config import ConfigurationError
from kubelint.report.terminal import escape, plural

if TYPE_CHECKING:
    from kubelint.baseline import Applied, Baseline
    from kubelint.check import Report

file_option = click.option(
    "--baseline", "file", type=click.Path(path_type=Path), help="The file [.kubelint-baseline.yaml at the root]."
)


@click.group("baseline")
def command() -> None:
    """Adopt kubelint on a repository that has findings: a baseline hides those of today, and no new ones.

    `kubelint check` takes the file `.kubelint-baseline.yaml` at the root into account by itself.
    """


@command.command("create")
@file_option
@click.option("--force", is_flag=True, help="Replace a baseline that exists; what stays keeps its reason and date.")
@click.option("--reason", help="Why these findings may stay.")
@click.option("--expires", metavar="YYYY-MM-DD", help="The last day on which they are hidden.")
@project_options
def create(root: Path | None, config_path: Path | None, isolated: bool, file: Path | None, **options: Any) -> None:
    """Write all findings of today into a baseline."""
    from dataclasses import replace

    from kubelint import baseline as baselines

    project = open_project((), root, config_path, isolated=isolated)
    target, previous = read_baseline(project, file)
    if previous is not None and not options["force"]:
        usage_error(f"{target} exists; prune it with `kubelint baseline prune`, or replace it with --force")
    until = _day(options["expires"])
    report = _check(project, None)
    made = baselines.create(report.findings, previous)
    entries = tuple(
        replace(entry, reason=entry.reason or options["reason"], expires=entry.expires or until)
        for entry in made.entries
    )
    write_file(target, baselines.dump(replace(made, entries=entries)))
    for rule, count in sorted(Counter(finding.rule for finding in report.findings).items()):
        click.echo(f"{count:5}  {rule}")
    click.echo(f"{plural(len(report.findings), 'finding')} in {target}; `kubelint check` reports new ones from now on")


@command.command("check")
@file_option
@project_options
def verify(root: Path | None, config_path: Path | None, isolated: bool, file: Path | None) -> None:
    """Fail where an entry has expired or hides less than it says."""
    target, _, applied = _applied(open_project((), root, config_path, isolated=isolated), file)
    for entry, count in applied.stale:
        click.echo(_line(target, entry, f"hides {count} of {entry.count}, nothing more of it is there"))
    for entry in applied.expired:
        click.echo(_line(target, entry, f"expired on {entry.expires}"))
    hidden = plural(len(applied.hidden), "finding")
    click.echo(f"hidden: {hidden}; stale entries: {len(applied.stale)}, expired: {len(applied.expired)}", err=True)
    sys.exit(1 if applied.stale or applied.expired else 0)


@command.command("prune")
@file_option
@project_options
def prune(root: Path | None, config_path: Path | None, isolated: bool, file: Path | None) -> None:
    """Take out of the baseline what is no longer found."""
    from kubelint import baseline as baselines

    target, baseline, applied = _applied(open_project((), root, config_path, isolated=isolated), file)
    pruned = baselines.prune(baseline, applied.stale)
    if applied.stale:
        write_file(target, baselines.dump(pruned))
    gone = len(baseline.entries) - len(pruned.entries)
    click.echo(f"{gone} of {plural(len(baseline.entries), 'entry', 'entries')} taken out", err=True)


def _check(project: Project, baseline: Baseline | None) -> Report:
    from kubelint.check import check
    from kubelint.cli.context import refuse

    try:
        return check(project.root, project.settings, baseline=baseline)
    except ConfigurationError as error:
        refuse(error)


def _applied(project: Project, file: Path | None) -> tuple[Path, Baseline, Applied]:
    """Return where the baseline lies, what is in it and what became of the findings."""
    target, baseline = read_baseline(project, file)
    if baseline is None:
        usage_error(f"{target} does not exist; `kubelint baseline create` writes it")
    applied = _check(project, baseline).baseline
    assert applied is not None  # noqa: S101 - there is a baseline
    return target, baseline, applied


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        usage_error(f"--expires {text}: write a day as 2026-12-31")


def _line(target: Path, entry: Any, text: str) -> str:
    known = entry.identity
    line = f":{entry.span.line}" if entry.span is not None else ""
    return f"{target}{line}: {escape(known.rule)} in {escape(known.file)} {text}"
