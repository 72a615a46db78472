"""What git knows of a repository, asked only where the user's command line names a commit.

The repository may be hostile: its configuration must not make git run a program (a file-system monitor, a diff or text
conversion driver, a pager, a hook), so each of them is switched off.
"""

from __future__ import annotations

import os
import subprocess
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
    tracked = _git(root, "diff", "--no-ext-diff", "--no-textconv", "--name-only", "-z", "--relative", base, "--", ".")
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return frozenset(name for name in (tracked + new).split("\0") if name)


def _git(root: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_NOSYSTEM": "1"}
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
