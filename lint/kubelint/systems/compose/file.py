"""One compose file, and the paths that stand in it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from kubelint.graph.model import Document
from kubelint.paths import join
from kubelint.repository import Repository
from kubelint.schema import Fault, Schema, SchemaError
from kubelint.source import SourceFile
from kubelint.systems.compose.detect import BASE_NAMES
from kubelint.systems.compose.environment import Environment
from kubelint.systems.compose.interpolate import has_variables
from kubelint.systems.compose.merge import RESET, merge_service
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.node import Mapping, Node, Scalar

#: What a project declares by name.
NAMED_SECTIONS = ("services", "volumes", "networks", "secrets", "configs")

_REMOTE = ("git@", "github.com/")


class ComposeFile:
    """A file with its documents, which Compose merges in order."""

    def __init__(self, source: SourceFile, documents: Iterable[Document]) -> None:
        self.source = source
        self.documents = list(documents)
        self.is_fragment = False

    @property
    def path(self) -> str:
        """The path relative to the root."""
        return self.source.path

    @property
    def is_base(self) -> bool:
        """Whether Compose finds the file by its name."""
        return self.source.name in BASE_NAMES

    @property
    def broken(self) -> bool:
        """Whether a part of the file could not be read, so that names may be missing."""
        return any(document.broken for document in self.documents)

    @cached_property
    def roots(self) -> list[tuple[Document, Mapping]]:
        """The documents as Compose uses them."""
        return [(document, document.root) for document in self.documents if isinstance(document.root, Mapping)]

    @property
    def has_resets(self) -> bool:
        """Whether the file takes something away from those before it."""
        return RESET in self.source.text

    @cached_property
    def services(self) -> dict[str, tuple[Scalar, Mapping]]:
        """The services as this file alone has them, without what it includes and what they extend."""
        found: dict[str, tuple[Scalar, Mapping]] = {}
        for _, root in self.roots:
            for key, value in root.pairs_at("services"):
                node = value if isinstance(value, Mapping) else Mapping(value.source, value.start, value.end, [])
                before = found.get(key.text)
                found[key.text] = (key, node) if before is None else (before[0], merge_service(before[1], node))
        return found

    @cached_property
    def schema_errors(self) -> list[SchemaError]:
        """What the schema says against the documents.

        A value that a variable makes is not known yet, what ``!reset`` removes is never seen, and what an override or
        a fragment lacks is in its base.
        """
        from kubelint_schemas import compose

        errors: list[SchemaError] = []
        for document in self.documents:
            if document.root is None:
                continue
            for error in _schema(compose.schema()).errors(document.root, GO_YAML_V3):
                node = error.node
                if node.tag == RESET or (isinstance(node, Scalar) and has_variables(node.text)):
                    continue
                if _is_repeated(document.root, error):
                    continue
                if self.is_fragment and (error.fault is Fault.MISSING_FIELD or _is_empty_service(error)):
                    continue
                errors.append(error)
        return errors

    @cached_property
    def misspells_names(self) -> bool:
        """Whether a key is a near miss of one that declares or uses names, so that these are unknown, not missing."""
        return any(
            error.fault is Fault.UNKNOWN_FIELD and not _STRUCTURE.isdisjoint(error.candidates)
            for error in self.schema_errors
        )


#: Keys by which names are declared, used and told where they come from.
_STRUCTURE = frozenset(
    {
        *("build", "config", "configs", "content", "context", "dockerfile", "dockerfile_inline", "environment"),
        *("extends", "external", "extra_hosts", "file", "image", "include", "ipam", "links", "models", "networks"),
        *("secrets", "services", "source", "subnet", "volumes"),
    }
)
#: Lists in which Compose drops what stands there already, before it validates (``override/uncity.go`` of compose-go).
_WITHOUT_REPETITION = frozenset(
    {
        *("additional_contexts", "aliases", "annotations", "args", "cap_add", "cap_drop", "configs", "devices", "dns"),
        *("dns_opt", "dns_search", "env_file", "environment", "expose", "labels", "link_local_ips", "links", "ports"),
        *("profiles", "secrets", "sysctls", "tags", "tmpfs", "volumes"),
    }
)


def _is_repeated(root: Node, error: SchemaError) -> bool:
    """Tell whether an error is about an item of such a list that is equal to one before it."""
    *path, position = error.path or ("",)
    if not isinstance(position, int) or not path or path[-1] not in _WITHOUT_REPETITION:
        return False
    value = error.node.data(GO_YAML_V3)
    return any(item.data(GO_YAML_V3) == value for item in root.items_at(*path)[:position])


def _is_empty_service(error: SchemaError) -> bool:
    return (
        error.path[:1] == ("services",)
        and len(error.path) == 2
        and isinstance(error.node, Scalar)
        and error.node.is_null
    )


_COMPILED: list[Schema] = []


def _schema(document: dict[str, object]) -> Schema:
    if not _COMPILED:
        _COMPILED.append(Schema(document))
    return _COMPILED[0]


class Place(NamedTuple):
    """What the values of one file are relative to: its project's folder and variables."""

    directory: str
    environment: Environment


def dotted(path: Iterable[str | int]) -> str:
    """Return a path in a document as people write it: ``services.web.ports[0]``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def is_remote(text: str) -> bool:
    """Tell whether a context, an ``include`` or an ``extends`` is fetched from somewhere."""
    return "://" in text or text.startswith(_REMOTE)


def local_path(text: str | None, directory: str) -> str | None:
    """Return the path relative to the root that a text means; None where it leads elsewhere or is not known."""
    if not text or is_remote(text) or text[0] in "/~" or any(mark in text for mark in "\\:\0"):
        return None
    path = join(directory, text)
    return None if path == ".." or path.startswith("../") else path


class ComposeFiles:
    """The compose files of a repository, by path; others of any name when something refers to them."""

    def __init__(self, repository: Repository, documents: Iterable[Document]) -> None:
        self.repository = repository
        grouped: dict[str, list[Document]] = {}
        for document in documents:
            grouped.setdefault(document.source.path, []).append(document)
        self.known = {path: ComposeFile(group[0].source, group) for path, group in grouped.items()}
        self._others: dict[str, ComposeFile | None] = {}

    def get(self, path: str) -> ComposeFile | None:
        """Return the file at a path that an ``include`` or ``extends`` names; None where it cannot be read."""
        if path in self.known:
            return self.known[path]
        if path not in self._others:
            file = self.repository.file(path)
            documents = [] if file is None else file.yaml.documents
            made = [
                Document(
                    "compose", "compose file", each.source, each.root, "included", each.start, each.end, each.broken
                )
                for each in documents
            ]
            self._others[path] = None if file is None or not made else ComposeFile(file.source, made)
        return self._others[path]
