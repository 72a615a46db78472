"""Run kubelint over a folder and print what it did that it must not do; started by tests/test_hostile_containment.py.

``python watched.py ROOT`` writes one line for each forbidden event, as Python's own audit hooks report them: a file opened
or a folder listed outside of ROOT (but for Python, its packages and its time zones), a program started, a socket, a
module imported from ROOT, code compiled by anything but Python's import system and the standard library.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import zoneinfo
from pathlib import Path

import kubelint
import kubelint_rules
import kubelint_schemas

ROOT = os.path.realpath(sys.argv[1])
OURS = [
    str(Path(os.path.realpath(str(package.__file__))).parent)
    for package in (kubelint, kubelint_rules, kubelint_schemas)
]
PYTHON = [os.path.realpath(path) for path in {sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()}]
ALLOWED = (ROOT, *OURS, *PYTHON, *map(os.path.realpath, zoneinfo.TZPATH))
NEVER = ("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "socket.", "urllib.", "http.",
         "ftplib.", "smtplib.", "pty.", "webbrowser.", "pickle.", "code.", "ctypes.", "os.remove", "os.rename", "os.rmdir",
         "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown", "os.truncate", "os.putenv", "shutil.", "tempfile.")  # fmt: skip
reported: set[str] = set()


class Watch:
    """Whether what happens is looked at: not before the run, and not while the hook itself is at work."""

    on = False


def within(path: str, folders: tuple[str, ...] | list[str]) -> bool:
    real = os.path.realpath(path)
    return any(real == folder or real.startswith(folder.rstrip("/") + "/") for folder in folders)


def report(text: str) -> None:
    reported.add(text)


def hook(event: str, arguments: tuple[object, ...]) -> None:
    if not Watch.on:
        return
    Watch.on = False
    try:
        judge(event, arguments)
    finally:
        Watch.on = True


def judge(event: str, arguments: tuple[object, ...]) -> None:
    subject = arguments[0] if arguments else None
    if event in ("open", "os.listdir", "os.scandir"):
        path = os.fsdecode(subject) if isinstance(subject, (str, bytes, os.PathLike)) else None
        if path is not None and not within(path, ALLOWED):
            report(f"{event} {path}")
        if path is not None and event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            report(f"write {path}")
    elif event.startswith(NEVER):
        report(f"{event} {arguments}")
    elif event == "import" and isinstance(arguments[1], str) and within(arguments[1], [ROOT]):
        report(f"import {subject} from {arguments[1]}")
    elif event in ("compile", "exec"):
        caller = sys._getframe(2).f_code.co_filename  # noqa: SLF001 - there is no other way
        ours = within(caller, OURS) and not caller.startswith("<")
        if ours or (not caller.startswith("<frozen") and within(caller, [ROOT])):
            report(f"{event} by {caller}")


def main() -> None:
    from kubelint.check import check
    from kubelint.config import Settings
    from kubelint.report import FORMATS, render

    sys.addaudithook(hook)
    Watch.on = True
    result = check(Path(ROOT), Settings(select=("all",)))
    for name in FORMATS:
        render(name, result)
    Watch.on = False
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and within(file, [ROOT]):
            report(f"module {module.__name__} from {file}")
    sys.stdout.write("".join(f"{line}\n" for line in sorted(reported)))


main()
