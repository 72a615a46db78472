"""Annotations of GitHub Actions: workflow commands that mark the lines of a pull request.

A command has one place only, so that the other ends of a reference stand in its text. Everything in it is escaped as
the runner unescapes it: no name or value of the linted repository can end the command and begin another.

GitHub shows ten annotations of each level for a step, and the log holds all.

Source: GitHub Docs, "Workflow commands for GitHub Actions"; actions/toolkit, `command.ts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kubelint.finding import Finding, Severity
from kubelint.report import Options
from kubelint.report.message import lines
from kubelint.report.terminal import escape, well_formed

if TYPE_CHECKING:
    from kubelint.outcome import Outcome

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def write(report: Outcome, *, options: Options) -> Iterator[str]:
    """Yield the commands, the worst first: what is beyond the ten that GitHub shows is the least severe."""
    for finding in sorted(report.findings, key=lambda finding: -finding.severity):
        yield _command(finding, options) + "\n"


def _command(finding: Finding, options: Options) -> str:
    span = finding.span
    properties = {
        "title": f"{finding.rule}: {escape(finding.headline)}",
        "file": escape(options.in_checkout(span.file.path)),
        "line": str(span.line),
        "col": str(span.column),
    }
    # The runner takes an end column only within one line.
    if span.end_line == span.line:
        properties |= {"endLine": str(span.end_line), "endColumn": str(span.end_column)}
    else:
        properties["endLine"] = str(span.end_line)
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {shown}::{_data(chr(10).join(lines(finding)))}"


def _data(text: str) -> str:
    return well_formed(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
