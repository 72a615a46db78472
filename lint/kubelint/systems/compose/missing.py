"""Files that a project reads and that are not there.

A file that is missing on purpose is no mistake: one that git ignores, that lies in a submodule, that a template beside
it stands for, or that a script or a text tells the reader to make.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.absent import in_submodule, is_ignored
from kubelint.paths import join
from kubelint.repository import Repository
from kubelint.systems.compose.load import FileUse
from kubelint.systems.compose.model import ComposeProject, MissingFile

#: What people keep out of a repository without telling git so.
_PRIVATE = frozenset({"environment file", "secret file"})
_TEMPLATES = ("example", "sample", "template", "dist", "default", "tmpl", "tpl")


def missing_files(project: ComposeProject, repository: Repository) -> Iterator[MissingFile]:
    """Yield the files that a project reads and that are missing by mistake."""
    seen: set[tuple[str, int]] = set()
    slips = any(file.misspells_names for file in project.model.files)
    for use in project.uses:
        if slips and use.kind == "Dockerfile":
            continue  # which one was meant is what may be misspelt
        place = (use.node.source.path, use.node.start)
        if place in seen or repository.exists(use.path):
            continue
        seen.add(place)
        near = _near(project, repository, use.path)
        if near is None and _left_out(project, repository, use):
            continue
        yield MissingFile(use, near, use.kind in _PRIVATE)


def _near(project: ComposeProject, repository: Repository, path: str) -> str | None:
    """Return the path of the nearest name, in the deepest folder of the path that exists."""
    folder, name = _first_missing(repository, path)
    found = project.near(name, repository.names(folder))
    return join(folder, found[0]) if found else None


def _first_missing(repository: Repository, path: str) -> tuple[str, str]:
    """Return the deepest folder of a path that exists and the name that is missing in it."""
    steps = path.split("/")
    folder = ""
    for step in steps[:-1]:
        following = f"{folder}/{step}" if folder else step
        if not repository.exists(following):
            return folder, step
        folder = following
    return folder, steps[-1]


def _left_out(project: ComposeProject, repository: Repository, use: FileUse) -> bool:
    if is_ignored(repository, use.path) or in_submodule(repository, use.path):
        return True
    folder, _, name = use.path.rpartition("/")
    if any(_is_template(other, name) for other in repository.names(folder)):
        return True
    return use.kind != "build context" and project.environments.mentioned(project.model.directory, name)


def _is_template(other: str, name: str) -> bool:
    """Tell whether ``.env.example``, ``example.env`` or ``db.sample.env`` stands for a file."""
    for word in _TEMPLATES:
        for mark in (".", "-", "_"):
            if other in (f"{name}{mark}{word}", f"{word}{mark}{name.lstrip('.')}", f"{word}{name}"):
                return True
        if f".{word}." in other and other.replace(f".{word}.", ".") == name:
            return True
    return False
