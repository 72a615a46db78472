"""Reports, one module per format (floor 9).

A format is a module with ``write(report, *, options) -> Iterator[str]``. :data:`FORMATS` names the modules;
one is imported when its format is asked for, so that nobody waits for SARIF who reads text.
"""

from __future__ import annotations

import importlib
import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kubelint.outcome import Outcome

#: The formats and the modules that write them.
FORMATS: dict[str, str] = {
    "text": "kubelint.report.text",
    "concise": "kubelint.report.concise",
    "statistics": "kubelint.report.statistics",
    "json": "kubelint.report.json_",
    "jsonl": "kubelint.report.jsonl",
    "sarif": "kubelint.report.sarif",
    "github": "kubelint.report.github",
    "gitlab": "kubelint.report.gitlab",
    "junit": "kubelint.report.junit",
    "checkstyle": "kubelint.report.checkstyle",
    "rdjson": "kubelint.report.rdjson",
    "markdown": "kubelint.report.markdown",
    "html": "kubelint.report.html",
}


class Options(NamedTuple):
    """How a report is to look.

    ``base`` is the current folder relative to the root of the repository (POSIX form, empty for the root
    and for a folder outside of it); formats for people show paths relative to it, formats for machines
    never do. ``width`` is the number of columns of the terminal, None where there is none. ``suppressed``
    adds suppressed findings to formats that can mark them as such. ``checkout`` is the root relative to the folder
    that the CI service checked out (empty where they are the same): its formats want paths from there.
    """

    color: bool = False
    width: int | None = None
    base: str = ""
    hyperlinks: bool = False
    verbose: bool = False
    quiet: bool = False
    suppressed: bool = False
    checkout: str = ""

    def shown(self, path: str) -> str:
        """Return a path as seen from the current folder."""
        return posixpath.relpath(path, self.base) if self.base else path

    def in_checkout(self, path: str) -> str:
        """Return a path as seen from the folder that the CI service checked out."""
        return posixpath.join(self.checkout, path) if self.checkout else path


def render(name: str, report: Outcome, options: Options | None = None) -> str:
    """Return a report in the format of that name; raises KeyError where there is no such format."""
    module = importlib.import_module(FORMATS[name])
    pieces: Iterator[str] = module.write(report, options=options or Options())
    return "".join(pieces)
