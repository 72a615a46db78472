"""What a configuration system is to the engine (floor 3).

A system is a package below :mod:`kubelint.systems` with an instance of a :class:`System` subclass named ``SYSTEM``.
Packages are found by walking the folder: adding a system edits no shared file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubelint.config import Settings
from kubelint.files import JSON, YAML, RepositoryFile
from kubelint.graph.model import Document, Resource
from kubelint.graph.query import Graph
from kubelint.repository import Repository


class Assembly:
    """The work table on which documents become units and resources.

    ``documents`` is the pool: a system that uses another's documents takes them out (kustomize takes the manifests
    that a kustomization lists), so that each document is assembled once for each unit that it belongs to.
    """

    def __init__(
        self,
        repository: Repository,
        settings: Settings,
        graph: Graph,
        documents: list[Document],
        object_views: Mapping[tuple[str, str], type[Resource]],
    ) -> None:
        self.repository = repository
        self.settings = settings
        self.graph = graph
        self.documents = documents
        self.object_views = object_views
        self._by_path: dict[str, list[Document]] = {}
        for document in documents:
            self._by_path.setdefault(document.source.path, []).append(document)
        self._taken: set[int] = set()

    def of(self, system: str) -> list[Document]:
        """Return the documents of a system that nobody has taken yet."""
        return [
            document for document in self.documents if document.system == system and id(document) not in self._taken
        ]

    def in_file(self, path: str) -> list[Document]:
        """Return all documents of a file, taken or not."""
        return self._by_path.get(path, [])

    def take(self, document: Document) -> None:
        """Take a document out of the pool."""
        self._taken.add(id(document))


class System:
    """One configuration system. Subclasses override what they need.

    ``order`` settles who is asked first: detection and assembly run from low to high.
    """

    name: str = ""
    order: int = 100
    #: The syntaxes of the files that it is asked about (:mod:`kubelint.files`).
    syntaxes: frozenset[str] = frozenset({YAML, JSON})
    #: The systems without whose documents there is nothing to assemble or link; itself, where it says nothing.
    reads: frozenset[str] = frozenset()
    #: Views for API objects, by (group, kind): how Istio and others that build on Kubernetes type their kinds.
    object_views: Mapping[tuple[str, str], type[Resource]] = {}

    def detect(self, file: RepositoryFile) -> Iterable[Document]:
        """Return the parts of the file that belong to this system, each with its evidence."""
        del file
        return ()

    def is_template(self, file: RepositoryFile) -> bool:
        """Tell whether a file would be this system's if something rendered it first: it is counted, not read."""
        del file
        return False

    def assemble(self, assembly: Assembly) -> None:
        """Make units and resources of the documents and add them, with all their parts, to the graph."""
        del assembly

    def link(self, graph: Graph) -> None:
        """Resolve references; all entities of all systems are in the graph by now."""
        del graph

    def surroundings(self, graph: Graph) -> object:
        """Return all that rules about single objects of the system (``Rule.alone``) may know beside the object.

        Something whose ``repr`` says it all; None where it cannot be told. Asked once everything is assembled.
        """
        del graph
        return ()
