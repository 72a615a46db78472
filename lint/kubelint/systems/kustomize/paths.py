"""What the paths of a kustomization lead to.

Source: kustomize, ``api/internal/loader`` (roots, restrictions) and ``api/internal/git`` (what counts as a URL). Paths
start at the folder of the kustomization; files must lie in or below it, folders may lie anywhere; nothing is globbed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

from kubelint.paths import join
from kubelint.repository import Repository
from kubelint.suggest import nearest
from kubelint.systems.kustomize.absent import AbsentPaths
from kubelint.systems.kustomize.detect import FLUX_GROUP, NAMES
from kubelint.systems.kustomize.model import Kustomization, Outcome, Use, Want
from kubelint.tree.opaque import is_opaque

_REMOTE = re.compile(
    r"[a-z][a-z0-9+.-]*:{2}|[a-z][a-z0-9+.-]*://|gh:|[^/@\s]+@[^/\s]+[:/]|"
    r"(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|dev\.azure\.com)[/:]",
    re.IGNORECASE,
)
_QUERY = re.compile(r"[?&](?:ref|version|timeout|submodules|cache)=")
_MERGED = re.compile(r"\S[ ]+-[ ]+\S")
_EXAMPLE = re.compile(
    r"(?:^|[._-])(?:example|sample|template|dist|tmpl|tpl|gotmpl|tftpl|j2|in|enc|sops)(?:$|[._-])", re.IGNORECASE
)
_UNRESTRICTED = ("LoadRestrictionsNone", "load-restrictor", "load_restrictor", FLUX_GROUP)
_YAML = (".yaml", ".yml")
_LONGEST_PATH = 1024
#: For how many missing files the folder is searched: a repository of nothing but mistakes must not cost the square.
_MOST_SEARCHES = 500


def is_remote(text: str) -> bool:
    """Tell whether an entry is a URL or one of the short forms of a git repository."""
    return (
        _REMOTE.match(text) is not None or _QUERY.search(text) is not None or ".git/" in text or text.endswith(".git")
    )


def is_inline(text: str) -> bool:
    """Tell whether an entry is a YAML or JSON text instead of a path."""
    return "\n" in text or ": " in text or text.startswith(("{", "["))


class Paths:
    """Resolves the uses of all kustomizations of a repository."""

    def __init__(self, repository: Repository, kustomizations: Mapping[str, Kustomization]) -> None:
        self.repository = repository
        self.kustomizations = kustomizations
        self.absent = AbsentPaths(repository)
        self._unrestricted: bool | None = None
        self._searches = 0

    def resolve(self, owner: Kustomization, use: Use) -> None:
        """Find out what a use leads to and write it down there."""
        use.outcome = self._outcome(owner, use)
        if use.outcome not in (Outcome.MISSING, Outcome.ABSENT) or self._searches >= _MOST_SEARCHES:
            return
        self._searches += 1
        use.candidates = self._near(owner, use)
        if use.outcome is Outcome.ABSENT:
            # A secret that is nowhere may be left out on purpose; one whose name is nearly there is misspelt.
            if use.private and use.candidates and not self.absent.is_ignored(use.path):
                use.outcome = Outcome.MISSING
        elif not use.candidates:
            if self.absent.is_produced(use.path):
                use.outcome = Outcome.ABSENT
            else:
                use.candidates = self._unlisted(owner, use)

    def _outcome(self, owner: Kustomization, use: Use) -> Outcome:
        text = use.text
        if use.want in (Want.FILE_OR_TEXT, Want.PLUGIN) and is_inline(text):
            return Outcome.TEXT
        if use.node.opaque or is_opaque(text):
            return Outcome.OPAQUE
        if not text:
            return Outcome.EMPTY
        if is_remote(text):
            return Outcome.REMOTE
        if text.startswith("/"):
            return Outcome.ABSOLUTE
        if len(text) > _LONGEST_PATH:
            return Outcome.MISSING
        use.path = join(owner.directory, text)
        if use.path == ".." or use.path.startswith("../"):
            return Outcome.BEYOND
        if self.repository.is_file(use.path):
            return self._file(owner, use)
        if self.repository.is_directory(use.path):
            return self._folder(use)
        if self.absent.is_ignored(use.path) or use.private or self._has_example(use.path):
            return Outcome.ABSENT
        # Values may lie in a chart that Helm fetches first.
        if use.field.startswith("helmChart") and not self.repository.exists(use.path.rpartition("/")[0]):
            return Outcome.ABSENT
        return Outcome.MERGED if _MERGED.search(text) else Outcome.MISSING

    def _file(self, owner: Kustomization, use: Use) -> Outcome:
        if use.want is Want.FOLDER:
            return Outcome.FILE_FOR_FOLDER
        folder, _, name = use.path.rpartition("/")
        if use.want is Want.RESOURCE and name in NAMES and folder in self.kustomizations:
            return Outcome.KUSTOMIZATION_FILE
        if owner.directory and not use.path.startswith(owner.directory + "/") and not self.unrestricted:
            return Outcome.RESTRICTED
        use.path = self._real(use.path)
        return Outcome.FILE

    def _folder(self, use: Use) -> Outcome:
        if use.want in (Want.FILE, Want.FILE_OR_TEXT):
            return Outcome.FOLDER_FOR_FILE
        use.target = self.kustomizations.get(use.path) or self.kustomizations.get(self._real(use.path))
        if use.target is not None:
            return Outcome.FOLDER
        if any(self.repository.is_file(f"{use.path}/{name}") for name in NAMES) or self.absent.is_ignored(use.path):
            return Outcome.UNREAD
        return Outcome.WITHOUT_KUSTOMIZATION

    def _real(self, path: str) -> str:
        """Return the path of a file or folder with links followed; the same path where that leads out."""
        if self.repository.file(path) is not None or path in self.kustomizations:
            return path
        root = str(self.repository.root)
        real = os.path.relpath(os.path.realpath(os.path.join(root, path)), root).replace(os.sep, "/")  # noqa: PTH118
        return path if real.startswith("../") else "" if real == "." else real

    @property
    def unrestricted(self) -> bool:
        """Whether something in the repository builds without the restriction on files, as Flux does."""
        if self._unrestricted is None:
            self._unrestricted = any(mark in text for text in self.absent.build_texts() for mark in _UNRESTRICTED)
        return self._unrestricted

    def _has_example(self, path: str) -> bool:
        """Tell whether an example of a missing file lies beside it: each user makes an own copy then."""
        folder, _, name = path.rpartition("/")
        stem = name.strip(".").partition(".")[0]
        return (
            bool(stem)
            and self._searches < _MOST_SEARCHES
            and any(
                stem in other and _EXAMPLE.search(other.replace(stem, "", 1)) is not None
                for other in self.repository.names(folder)
            )
        )

    def _near(self, owner: Kustomization, use: Use) -> list[str]:
        """Return what the entry was probably meant to be: near names for the first part of the path that is wrong."""
        if _is_pattern(use.text):
            return []
        known = ""
        parts = use.path.split("/")
        for position, part in enumerate(parts):
            path = f"{known}/{part}" if known else part
            if not self.repository.exists(path):
                found = [self._respelt(use.text, part, name) for name in nearest(part, self.repository.names(known))]
                last = position == len(parts) - 1
                return [text for text in found if last or self.repository.exists(join(owner.directory, text))]
            known = path
        return []

    @staticmethod
    def _respelt(text: str, part: str, name: str) -> str:
        steps = text.split("/")
        for position in range(len(steps) - 1, -1, -1):
            if steps[position] == part:
                steps[position] = name
                break
        return "/".join(steps)

    def _unlisted(self, owner: Kustomization, use: Use) -> list[str]:
        """Return the one YAML file of the folder that the kustomization does not name, where there is just one."""
        folder, _, wanted = use.path.rpartition("/")
        if use.want not in (Want.FILE, Want.RESOURCE) or not wanted.endswith(_YAML) or _is_pattern(use.text):
            return []
        named = {join(owner.directory, other.text) for other in owner.uses}
        left = [
            name
            for name in self.repository.names(folder)
            if name.endswith(_YAML) and name not in NAMES and (f"{folder}/{name}" if folder else name) not in named
        ]
        return [self._respelt(use.text, wanted, left[0])] if len(left) == 1 else []


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text
