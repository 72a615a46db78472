"""The ``group_vars`` and ``host_vars`` of an inventory: which files Ansible reads, in which order, for which group.

Source of the claims: "Variable precedence" of Ansible's documentation; the choice between files of one name (a folder
or a file without extension hides ``NAME.yml``, that hides ``NAME.yaml``) as measured with ansible-core 2.18.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from kubelint.files import RepositoryFile
from kubelint.graph.model import Document
from kubelint.paths import join, normalise
from kubelint.repository import Repository
from kubelint.system import Assembly
from kubelint.systems.kubespray.detect import FOLDERS, SYSTEM_NAME, holds_variables, variables_document
from kubelint.tree.node import Mapping, Sequence
from kubelint.tree.yaml import read_yaml

GROUP, HOST = "group", "host"
_EXTENSIONS = ("", ".yml", ".yaml", ".json")
_MOST_FILES = 2_000
_PLAYBOOK_KEYS = ("hosts", "import_playbook", "include")


class Adjacent(IntEnum):
    """What a folder of variables lies next to; the playbook's win."""

    INVENTORY = 0
    PLAYBOOK = 1


@dataclass(frozen=True, slots=True, eq=False)
class VariableDocument:
    """One file for one group or host. ``hidden_by`` is the path because of which Ansible does not read it."""

    document: Document
    kind: str
    target: str
    adjacent: Adjacent
    hidden_by: str | None = None


@dataclass(slots=True)
class VariableFolders:
    """All files for an inventory in the order in which they are merged; ``incomplete``: one could not be read."""

    files: list[VariableDocument]
    incomplete: bool = False


class VariableReader:
    """Reads the variable files of all inventories of one assembly, each file once."""

    def __init__(self, assembly: Assembly) -> None:
        self.assembly = assembly
        self.repository = assembly.repository
        self._documents: dict[str, list[Document] | None] = {}

    def collect(self, directory: str, playbooks: Iterable[str]) -> VariableFolders:
        """Return the variable files of the inventories of a folder; ``playbooks`` are folders that hold playbooks."""
        folders = VariableFolders([])
        places = [(directory, Adjacent.INVENTORY)]
        places += [(playbook, Adjacent.PLAYBOOK) for playbook in playbooks if playbook != directory]
        for place, adjacent in places:
            for folder, kind in zip(FOLDERS, (GROUP, HOST), strict=True):
                path = _real(self.repository, join(place, folder))
                for target, chosen, hidden in _targets(self.repository, path):
                    for file in _files(self.repository, chosen):
                        self._add(folders, file, kind, target, adjacent, None)
                    for other in hidden:
                        self._add(folders, other, kind, target, adjacent, chosen)
        return folders

    def _add(
        self, folders: VariableFolders, path: str, kind: str, target: str, adjacent: Adjacent, hidden_by: str | None
    ) -> None:
        documents = self._read(path)
        readable = documents is not None and all(isinstance(item.root, Mapping) for item in documents)
        if hidden_by is None and not readable:
            folders.incomplete = True
        for document in (documents or ())[:1]:
            folders.files.append(VariableDocument(document, kind, target, adjacent, hidden_by))

    def _read(self, path: str) -> list[Document] | None:
        """Return the documents of a variable file, empty ones left out; None where it is unreadable or ignored."""
        if path not in self._documents:
            self._documents[path] = self._load(path)
        return self._documents[path]

    def _load(self, path: str) -> list[Document] | None:
        if self.repository.file(path) is not None:
            return [document for document in self.assembly.in_file(path) if document.system == SYSTEM_NAME]
        if path.endswith((".yml", ".yaml")):
            return None  # an ignore file names it
        source = self.repository.source(path)
        if source is None:
            return None
        # ``group_vars/all``: Ansible reads it, but by its name nobody would take it for YAML.
        stream = read_yaml(source)
        for problem in stream.problems:
            self.assembly.graph.add_subject(problem)
        found = [variables_document(document) for document in stream.documents if holds_variables(document)]
        self.assembly.documents.extend(found)
        return found


def playbook_folders(repository: Repository, directory: str) -> list[str]:
    """Return the folders above an inventory that have both playbooks and variables next to them, outermost first."""
    parts = directory.split("/") if directory else []
    found = []
    for depth in range(len(parts)):
        folder = "/".join(parts[:depth])
        names = repository.names(folder)
        if not any(name in names for name in FOLDERS):
            continue
        files = (repository.file(join(folder, name)) for name in names if name.endswith((".yml", ".yaml")))
        if any(file is not None and _is_playbook(file) for file in files):
            found.append(folder)
    return found


def _is_playbook(file: RepositoryFile) -> bool:
    documents = file.yaml.documents
    root = documents[0].root if documents else None
    if not isinstance(root, Sequence):
        return False
    return any(item.key(name) is not None for item in root.items()[:5] for name in _PLAYBOOK_KEYS)


def _targets(repository: Repository, folder: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each group or host with the path that is read and those that it hides."""
    candidates: dict[str, list[tuple[int, str]]] = {}
    for name in sorted(repository.names(folder)):
        path = join(folder, name)
        stem, extension = os.path.splitext(name)  # noqa: PTH122 - paths are of the repository, not of this system
        if name.startswith(".") or name.endswith("~"):
            continue
        if extension not in _EXTENSIONS or repository.is_directory(path):
            stem, extension = name, ""
        candidates.setdefault(stem, []).append((_EXTENSIONS.index(extension), path))
    for target, paths in candidates.items():
        ordered = [path for _, path in sorted(paths)]
        yield target, ordered[0], ordered[1:]


def _files(repository: Repository, path: str) -> Iterator[str]:
    """Yield the files that a path stands for: itself, or all below the folder in Ansible's order."""
    pending = [_real(repository, path)]
    count = 0
    while pending and count < _MOST_FILES:
        path = pending.pop()
        count += 1
        if not repository.is_directory(path):
            yield path
            continue
        for name in sorted(repository.names(path), reverse=True):
            inner = join(path, name)
            if name.startswith(".") or name.endswith("~"):
                continue
            if repository.is_directory(inner) or os.path.splitext(name)[1] in _EXTENSIONS:  # noqa: PTH122
                pending.append(_real(repository, inner))


def _real(repository: Repository, path: str) -> str:
    """Return where a link inside the repository leads; the path itself for anything else."""
    if repository.names(path) or not repository.exists(path):
        return path
    real = os.path.relpath(os.path.realpath(repository.root / path), repository.root).replace(os.sep, "/")
    return path if real.startswith("../") or real == ".." else normalise(real)
