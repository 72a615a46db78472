"""From a repository to its graph: documents, resources, references (floor 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.config import OWN_FILES, Settings
from kubelint.files import DOCKERFILE, DOTENV, INI, NGINX, RepositoryFile
from kubelint.graph.model import Document, Resolution, Resource
from kubelint.graph.query import Graph
from kubelint.profile import Profile
from kubelint.repository import Repository
from kubelint.system import Assembly, System
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.problem import BoundExceeded, Problem


class Crash(NamedTuple):
    """A defect of kubelint that stopped a system at one step; the other systems went on."""

    system: str
    step: str
    path: str | None
    error: Exception


@dataclass(slots=True)
class Built:
    """The graph and how it came about.

    ``documents`` are all that a system has taken; ``unclaimed`` the YAML documents of no known system, which are
    checked for syntax only; ``templated`` those that are templates and cannot be read before they are rendered.
    """

    graph: Graph
    documents: list[Document]
    problems: list[Problem]
    unclaimed: list[str] = field(default_factory=list)
    templated: list[str] = field(default_factory=list)
    opaque_values: int = 0
    crashes: list[Crash] = field(default_factory=list)
    #: The systems that have something to assemble or link.
    systems: list[System] = field(default_factory=list)
    #: How many problems the repository had told when its files had been read.
    told: int = 0


def build(
    repository: Repository, settings: Settings, systems: Iterable[System], profile: Profile | None = None
) -> Built:
    """Read, detect, assemble and link; deterministic, and linear in the input."""
    built = assemble(repository, settings, systems, profile)
    link(built, profile)
    return built


def assemble(
    repository: Repository, settings: Settings, systems: Iterable[System], profile: Profile | None = None
) -> Built:
    """Read, detect and assemble: all entities are there, and no reference is."""
    profile = profile or Profile(wanted=False)
    systems = list(systems)
    graph = Graph(repository, settings)
    built = Built(graph, [], list(repository.problems))
    with profile.phase("detecting"):
        _detect_all(repository, systems, built)
    built.told = len(repository.problems)
    present = {document.system for document in built.documents}
    built.systems = [system for system in systems if (system.reads or {system.name}) & present]
    views: dict[tuple[str, str], type[Resource]] = {}
    for system in built.systems:
        views.update(system.object_views)
    assembly = Assembly(repository, settings, graph, built.documents, views)
    for system in built.systems:
        try:
            with profile.phase(f"assembling {system.name}"):
                system.assemble(assembly)
        except Exception as error:
            built.crashes.append(Crash(system.name, "assembling", None, error))
    for unit in graph.units:
        setting = settings.unit_setting(unit.path)
        if setting is not None and setting.closed:
            unit.closed = True
    return built


def link(built: Built, profile: Profile | None = None) -> None:
    """Resolve the references of what was assembled, and count what is left."""
    profile = profile or Profile(wanted=False)
    graph = built.graph
    for system in built.systems:
        try:
            with profile.phase(f"linking {system.name}"):
                system.link(graph)
        except Exception as error:
            built.crashes.append(Crash(system.name, "linking", None, error))
    # What a system reads without taking it for its own (patches, files of a generator) belongs to somebody.
    read = {
        reference.wanted.name
        for reference in graph.references
        if reference.wanted.kind == "File" and reference.resolution is Resolution.RESOLVED
    }
    built.unclaimed = [path for path in built.unclaimed if path not in read and path not in OWN_FILES]
    built.problems += graph.repository.problems[built.told :]  # of files that somebody has referred to
    for problem in built.problems:
        graph.add_subject(problem)
    with profile.phase("counting opaque values"):
        built.opaque_values = sum(_opaque_values(document) for document in built.documents)


def _detect_all(repository: Repository, systems: list[System], built: Built) -> None:
    """Ask the systems about each file, as long as there are not too many documents."""
    documents, most = 0, repository.limits.documents
    for place, file in enumerate(repository.files):
        documents += len(file.yaml.documents)
        if documents > most:
            message = f"the repository has more than {most} YAML documents"
            more = len(repository.files) - place - 1
            message += f": this file and {more} more are not checked" if more else ": this file is not checked"
            advice = "raise `limits.documents` in the configuration, or exclude folders"
            built.problems.append(BoundExceeded(message, file.source.span(0, 0), None, advice))
            break
        _detect(file, systems, built)


def _detect(file: RepositoryFile, systems: list[System], built: Built) -> None:
    claimed: list[Document] = []
    systems = [system for system in systems if file.syntax in system.syntaxes]
    for system in systems:
        try:
            # Documents of one system do not overlap each other: only what others have claimed is compared.
            found = system.detect(file)
            if claimed:
                others = list(claimed)
                found = [document for document in found if not any(_overlap(document, other) for other in others)]
            claimed.extend(found)
        except Exception as error:
            built.crashes.append(Crash(system.name, "reading", file.path, error))
    built.documents.extend(sorted(claimed, key=lambda document: document.start))
    if file.syntax in (INI, DOCKERFILE, DOTENV, NGINX):
        if claimed:
            built.problems.extend(_problems(file))
        elif _is_template(file, systems, built):
            built.templated.append(file.path)
        return
    built.problems.extend(file.yaml.problems)
    if any(document.templated for document in file.yaml.documents):
        built.templated.append(file.path)
    elif not claimed and any(document.root is not None for document in file.yaml.documents):
        built.unclaimed.append(file.path)


def _problems(file: RepositoryFile) -> list[Problem]:
    """Return what the reader of a file that is no YAML could not take."""
    if file.syntax == INI:
        return file.ini.problems
    if file.syntax == DOCKERFILE:
        return file.dockerfile.problems
    return file.dotenv.problems if file.syntax == DOTENV else file.nginx.problems


def _is_template(file: RepositoryFile, systems: list[System], built: Built) -> bool:
    for system in systems:
        try:
            if system.is_template(file):
                return True
        except Exception as error:
            built.crashes.append(Crash(system.name, "reading", file.path, error))
    return False


def _overlap(one: Document, other: Document) -> bool:
    if one.root is not None and one.root is other.root:
        return True
    return one.start < other.end and other.start < one.end


def _opaque_values(document: Document) -> int:
    text, start, end = document.source.text, document.start, document.end or len(document.source.text)
    # Nearly every document has none: one search of the text saves the walk.
    if any(text.find(mark, start, end) >= 0 for mark in ("{{", "${", "{%", "ENC[", "!vault", "<%", "@@")):
        return _count_opaque(document.root)
    return 0


def _count_opaque(root: Node | None) -> int:
    count = 0
    seen: set[int] = set()
    pending = [root] if root is not None else []
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Scalar):
            count += node.opaque
        elif isinstance(node, Mapping):
            pending.extend(value for _, value in node.entries)
        else:
            pending.extend(node.items())
    return count
