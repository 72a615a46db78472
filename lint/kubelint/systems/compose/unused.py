"""Declarations that no service of a project uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

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
    others = _other_texts(graph, project)
    for section, noun in _NOUNS.items():
        for name, (key, value) in project.model.sections[section].items():
            if name in used[section] or id(key) in meant or (section == "networks" and name == "default"):
                continue
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
    return [
        file.source.text
        for file in graph.subjects(ComposeFile)
        if file.path not in own and (_above(file.source.directory, folder) or _above(folder, file.source.directory))
    ]


def _above(one: str, other: str) -> bool:
    return not one or one == other or other.startswith(f"{one}/")
