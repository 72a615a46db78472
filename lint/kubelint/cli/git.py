"""What git knows of a repository, asked only where the user's command line names a commit.

The repository may be hostile: its configuration must not make git run a program (a file-system monitor, a diff or text
conversion driver, a pager, a hook, a clean filter, the transport of a partial clone), so each of them is switched off.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SAFE = (
    "--no-pager",
    "--no-optional-locks",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.quotePath=false"),
    *("-c", "submodule.recurse=false"),
)
#: Seconds that git may take.
_PATIENCE = 60


class GitError(Exception):
    """git is missing, the folder is no repository, or it does not know the commit."""


def changed_files(root: Path, revision: str) -> frozenset[str]:
    """Return the files below a folder that differ from where the branch left a commit, relative to the folder.

    Compared is the work tree with the common ancestor of the commit and HEAD, so that what others have done since does
    not count; new files that git does not ignore belong to them. Raises :class:`GitError`.
    """
    commit = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}").strip()
    if not commit:
        raise GitError("git knows no such commit")
    base = _git(root, "merge-base", commit, "HEAD").strip() or commit
    options = ("--no-ext-diff", "--no-textconv", "--ignore-submodules=dirty", "--name-only", "-z", "--relative")
    tracked = _git(root, "diff", *options, base, "--", ".", variables=_without_filters(root))
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (tracked + new).split("\0") if name)


def _without_filters(root: Path) -> dict[str, str]:
    """Return variables that switch off the filters of the configuration: comparing runs ``clean`` on changed files."""
    names = _git(root, "config", "--includes", "--name-only", "--null", "--get-regexp", r"^filter\..*\.").split("\0")
    known = sorted({name.rpartition(".")[0] for name in names if "." in name})
    settings = [(f"{name}.{what}", "") for name in known for what in ("clean", "smudge", "process")]
    settings += [(f"{name}.required", "false") for name in known]
    variables = {"GIT_CONFIG_COUNT": str(len(settings))}
    for index, (name, value) in enumerate(settings):
        variables |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
    return variables


def _git(root: Path, *arguments: str, variables: Mapping[str, str] | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
    # Objects that a partial clone lacks are not fetched: the transport is a program that the configuration names.
    environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": ""}
    environment |= variables or {}
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, a commit that was verified
            ["git", *_SAFE, *arguments],  # noqa: S607 - git of the user's own path
            cwd=root,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise GitError("git is not installed") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(str(error)) from None
    if done.returncode > 1 or (done.returncode == 1 and done.stderr):
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(lines[0] if lines else f"git {arguments[0]} failed")
    return done.stdout.decode("utf-8", "surrogateescape")
