"""Paths that are left out of a repository on purpose: ignored by git, in a submodule, or made by a build."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from kubelint.globs import affordable
from kubelint.repository import Repository

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_BUILD_FILES = frozenset({"Makefile", "justfile", "Taskfile.yml", "Tiltfile", "skaffold.yaml"})
_SCRIPT_FOLDERS = ("", "scripts", "hack", "ci")
_MOST_PARTS = 64
_WRITING = (">", "tee ", " -o", "--output", "cp ", "mv ")


class AbsentPaths:
    """Answers for paths that do not exist, which the walk of the repository never met."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._specs: dict[str, GitIgnoreSpec | None] = {}

    def is_ignored(self, path: str) -> bool:
        """Tell whether git ignores the path or a folder above it, or has a submodule there."""
        if any(path == module or path.startswith(module + "/") for module in self._submodules):
            return True
        parts = path.split("/")
        if len(parts) > _MOST_PARTS:
            return False
        return any(
            self._is_named("/".join(parts[:length]), folder=length < len(parts)) for length in range(1, len(parts) + 1)
        )

    def is_produced(self, path: str) -> bool:
        """Tell whether a command of the repository writes a file of that name, or Helm renders the folder first."""
        folder, _, name = path.rpartition("/")
        if self.repository.exists(f"{folder}/Chart.yaml" if folder else "Chart.yaml"):
            return True
        return any(_writes(text, name) for text in self.build_texts(folder) if name in text)

    def build_texts(self, *folders: str) -> Iterator[str]:
        """Yield the texts that may hold build commands: of build files, of scripts, and of all configuration."""
        for folder in dict.fromkeys((*_SCRIPT_FOLDERS, *folders)):
            for name in self.repository.names(folder):
                if name in _BUILD_FILES or name.endswith(".sh"):
                    source = self.repository.source(f"{folder}/{name}" if folder else name)
                    if source is not None:
                        yield source.text
        for file in self.repository.files:
            yield file.text

    def _is_named(self, path: str, *, folder: bool) -> bool:
        base = path.rpartition("/")[0]
        while True:
            spec = self._spec(base)
            if spec is not None:
                relative = path[len(base) + 1 :] if base else path
                names = (relative + "/",) if folder else (relative, relative + "/")
                verdicts = [spec.check_file(name).include for name in names]
                if any(verdict is not None for verdict in verdicts):
                    return any(verdicts)
            if not base:
                return False
            base = base.rpartition("/")[0]

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            self._specs[folder] = self._read(folder)
        return self._specs[folder]

    def _read(self, folder: str) -> GitIgnoreSpec | None:
        source = self.repository.source(f"{folder}/.gitignore" if folder else ".gitignore")
        if source is None:
            return None
        from pathspec import GitIgnoreSpec  # only where something is missing beside an ignore file

        try:
            return GitIgnoreSpec.from_lines(affordable(source.text.splitlines()))
        except ValueError:
            return None  # an ignore file that cannot be used is counted where the repository is walked

    @cached_property
    def _submodules(self) -> list[str]:
        source = self.repository.source(".gitmodules")
        lines = [] if source is None else source.text.splitlines()
        settings = [line.partition("=") for line in lines]
        return [value.strip().strip("/") for name, _, value in settings if name.strip() == "path" and value.strip()]


def _writes(text: str, name: str) -> bool:
    """Tell whether a line has the name behind something that writes files."""
    for line in text.split("\n") if name else ():  # a path such as `.` ends in no name
        before = line[: max(line.rfind(name), 0)]
        if before and any(mark in before for mark in _WRITING):
            return True
    return False
