"""Declarations that no service of a project uses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kubelint.graph.query import Graph
from kubelint.systems.compose.file import ComposeFile
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeProject
from kubelint.systems.compose.short import mount
from kubelint.tree.node import Scalar

_NOUNS = {"volumes": "volume", "networks": "network", "secrets": "secret", "configs": "config"}
_KINDS = ("mounts", "attaches", "uses-secret", "uses-config")


def unused_declarations(graph: Graph, project: ComposeProject) -> Iterator[tuple[str, Scalar]]:
    """Yield noun and name of each declaration that nothing uses, and that no file beside the project may use."""
    if project.unit.incomplete or not project.services:
        return
    if any(file.is_fragment and len(project.files) == 1 for file in project.files):
        return
    used: dict[str, set[str]] = {section: set() for section in _NOUNS}
    meant: set[int] = set()
    for service in project.services.values():
        # Of two mounts on one target Compose drops one; it was meant all the same.
        mounts = (mount(item) for item in service.root.items_at("volumes"))
        used["volumes"].update(each.source.text for each in mounts if each is not None and each.source is not None)
        for kind, section in zip(_KINDS, _NOUNS, strict=True):
            for reference in graph.outgoing(service, kind):
                if isinstance(reference.node, Scalar) and literal(reference.node) is None:
                    return  # a variable may mean any of them
                used[section].add(reference.wanted.name)
                meant.update(id(candidate.node) for candidate in reference.candidates)
    others: list[str] | None = None
    for section, noun in _NOUNS.items():
        for name, (key, value) in project.model.sections[section].items():
            if name in used[section] or id(key) in meant or (section == "networks" and name == "default"):
                continue
            others = _other_texts(graph, project) if others is None else others
            if any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", text) for text in others):
                continue
            if any(child.tag is not None and child.tag.startswith("!") for child in (value,)):
                continue
            if key.source.path in project.model.included or key.source.path in project.model.extended:
                continue
            yield noun, key


def _other_texts(graph: Graph, project: ComposeProject) -> list[str]:
    """Return the compose files of the folder and of those above and below it that are not part of the project."""
    own = {file.path for file in project.files}
    folder = project.model.directory
    around = graph.once("compose files by folder", lambda: _Folders(graph.subjects(ComposeFile)))
    files = [file for above in _with_parents(folder)[1:] for file in around.inside.get(above, ())]
    files += around.below.get(folder, ())
    return [file.source.text for file in files if file.path not in own]


class _Folders:
    """Compose files by the folder that they stand in, and by each folder that they stand in or below."""

    def __init__(self, files: Iterable[ComposeFile]) -> None:
        self.inside: dict[str, list[ComposeFile]] = {}
        self.below: dict[str, list[ComposeFile]] = {}
        for file in files:
            self.inside.setdefault(file.source.directory, []).append(file)
            for folder in _with_parents(file.source.directory):
                self.below.setdefault(folder, []).append(file)


def _with_parents(folder: str) -> list[str]:
    """Return a folder and all above it, up to the root."""
    found = [folder]
    while folder:
        folder = folder.rpartition("/")[0]
        found.append(folder)
    return found
