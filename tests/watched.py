"""Run kubelint over a folder and print what it did that it must not do; started by tests/test_hostile_containment.py.

``python watched.py ROOT`` writes one line for each forbidden event, as Python's own audit hooks report them: a file opened
or a folder listed outside of ROOT (but for Python, its packages and its time zones), a program started, a socket, a
module imported from ROOT, code compiled by anything but Python's import system and the standard library. All is done in
this one process: what a forked one did would go unseen, so that a fork is forbidden here too.
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
         "ftplib.", "smtplib.", "imaplib.", "poplib.", "nntplib.", "telnetlib.", "pty.", "webbrowser.", "pickle.", "code.", "ctypes.",
         "ensurepip.", "mmap.", "sqlite3.", "cpython.run_", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink",
         "os.chmod", "os.chown", "os.chdir", "os.chflags", "os.truncate", "os.utime", "os.setxattr", "os.removexattr", "os.kill",
         "os.fork", "os.putenv", "os.unsetenv", "signal.", "shutil.", "tempfile.")  # fmt: skip
#: Those that look at files or folders; their first argument is the path.
LOOKS = ("open", "os.listdir", "os.scandir", "os.walk", "os.fwalk", "glob.glob", "os.getxattr", "os.listxattr")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
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


def writes(mode: object, flags: object) -> bool:
    """Tell whether a file is opened to be written: ``open`` says so in its mode, ``os.open`` in its flags."""
    return (isinstance(mode, str) and bool(set(mode) & set("wax+"))) or (
        isinstance(flags, int) and bool(flags & WRITES)
    )


def judge(event: str, arguments: tuple[object, ...]) -> None:
    subject = arguments[0] if arguments else None
    if event in LOOKS:
        path = os.fsdecode(subject) if isinstance(subject, (str, bytes, os.PathLike)) else None
        if path is not None and not within(path, ALLOWED):
            report(f"{event} {path}")
        if path is not None and event == "open" and writes(*arguments[1:3]):
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
    del result.findings[2_000:]  # enough to write every kind of thing that a format can
    for name in FORMATS:
        render(name, result)
    Watch.on = False
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if file and within(file, [ROOT]):
            report(f"module {module.__name__} from {file}")
    sys.stdout.write("".join(f"{line}\n" for line in sorted(reported)))


main()
