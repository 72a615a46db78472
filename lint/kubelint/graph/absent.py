"""Why a file that something names may rightly not be in the repository: git leaves it out, or somebody makes it.

Source: "gitignore" and "gitmodules" of the git documentation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kubelint.globs import affordable
from kubelint.paths import join
from kubelint.repository import Repository

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_TEXT_FILE = re.compile(
    r"(?:GNUmakefile|Makefile.*|makefile|[Jj]ustfile|Taskfile\.ya?ml|Jenkinsfile|README.*|readme.*|Vagrantfile|package\.json"
    r"|\.gitlab-ci\.yml|\.drone\.yml|\.travis\.yml|.*\.(?:sh|bash|zsh|fish|ps1|bat|cmd|mk|md|rst))\Z"
)
_WORD = re.compile(r"[A-Za-z0-9_.-]+")
#: Bounds on the files that are looked through for a name; going over them only makes rules speak up.
_MAX_TEXT_FILES, _MAX_TEXT_SIZE = 60, 1_000_000


def is_ignored(repository: Repository, path: str) -> bool:
    """Tell whether the ``.gitignore`` of one of the folders above names a path that is not there."""
    steps = path.split("/")
    for count in range(len(steps), 0, -1):
        folder = "/".join(steps[: count - 1])
        spec = _ignore_spec(repository, folder)
        if spec is None:
            continue
        relative = "/".join(steps[count - 1 :])
        # Whether a missing path would be a folder is unknown, so both count.
        verdicts = (spec.check_file(relative).include, spec.check_file(relative + "/").include)
        if any(verdicts):
            return True
        if any(verdict is False for verdict in verdicts):
            return False
    return False


def _ignore_spec(repository: Repository, folder: str) -> GitIgnoreSpec | None:
    source = repository.source(join(folder, ".gitignore"))
    if source is None:
        return None
    from pathspec import GitIgnoreSpec  # only for files that are missing

    try:
        return GitIgnoreSpec.from_lines(affordable(source.text.splitlines()))
    except ValueError:
        return None


def in_submodule(repository: Repository, path: str) -> bool:
    """Tell whether a path lies in a git submodule, whose files are fetched from elsewhere."""
    source = repository.source(".gitmodules")
    if source is None:
        return False
    for line in source.text.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip() == "path" and (path + "/").startswith(value.strip().rstrip("/") + "/"):
            return True
    return False


class Mentions:
    """What scripts, makefiles and texts for people say, folder by folder, each read once."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._words: dict[str, frozenset[str]] = {}

    def has(self, directory: str, word: str) -> bool:
        """Tell whether such a file, in a folder or at the root, has a word.

        Who is told there to make a file, or sets a variable there, has made no mistake.
        """
        return any(word in self._words_of(folder) for folder in dict.fromkeys((directory, "")))

    def _words_of(self, directory: str) -> frozenset[str]:
        words = self._words.get(directory)
        if words is None:
            found: set[str] = set()
            names = [name for name in sorted(self.repository.names(directory)) if _TEXT_FILE.match(name)]
            for name in names[:_MAX_TEXT_FILES]:
                source = self.repository.source(join(directory, name))
                if source is not None and len(source.text) <= _MAX_TEXT_SIZE:
                    found.update(word.rstrip(".") for word in _WORD.findall(source.text))
            words = self._words[directory] = frozenset(found)
        return words
