"""Typed views: kustomizations and the entries by which they name files and folders."""

from __future__ import annotations

import dataclasses
from enum import Enum
from functools import cached_property

from kubelint.graph.model import Document, Key, Resource, Unit
from kubelint.schema import Schema, SchemaError
from kubelint.source import Span
from kubelint.systems.kustomize.canonical import canonical
from kubelint.systems.kustomize.detect import SYSTEM, is_read
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint_schemas.kustomize import KINDS, schema

#: How kustomize reads its own file; the manifests that it names are read by go-yaml v3.
DIALECT = GO_YAML_V2
_SCHEMAS = {kind: Schema(schema(kind)) for kind in KINDS}


class Want(Enum):
    """What a field takes."""

    FILE = "a file"
    FOLDER = "a folder with a kustomization"
    RESOURCE = "a file or a folder with a kustomization"
    FILE_OR_TEXT = "a file or a patch itself"
    PLUGIN = "a file, a folder with a kustomization or a configuration itself"


class Outcome(Enum):
    """What became of an entry. The first group is fine, the second unknown, the third is what rules report."""

    FILE = "file"
    FOLDER = "folder with a kustomization"
    TEXT = "written out in place"

    REMOTE = "lies on another host and is never fetched"
    OPAQUE = "only known later"
    BEYOND = "outside the repository"
    UNREAD = "there, but not read"
    ABSENT = "not in the repository, and perhaps not meant to be"

    MISSING = "does not exist"
    WITHOUT_KUSTOMIZATION = "a folder without a kustomization"
    FOLDER_FOR_FILE = "a folder where a file is wanted"
    FILE_FOR_FOLDER = "a file where a folder is wanted"
    KUSTOMIZATION_FILE = "a kustomization, named by its file"
    RESTRICTED = "a file outside the kustomization's folder"
    ABSOLUTE = "an absolute path"
    EMPTY = "an empty entry"
    MERGED = "entries that the indentation has merged"


_UNKNOWN = frozenset({Outcome.REMOTE, Outcome.OPAQUE, Outcome.BEYOND, Outcome.UNREAD, Outcome.ABSENT})


@dataclasses.dataclass(slots=True, eq=False)
class Use:
    """One entry that names a file or a folder.

    ``field`` is where it stands (``patches[].path``); ``text`` the path as written, which is ``node`` or its part from
    ``start`` on. ``path`` is what it means from the repository's root; ``target`` the kustomization of a folder;
    ``candidates`` what was probably meant, spelt as the entry would be. ``private`` says that the file holds secrets,
    which are often left out of repositories on purpose.
    """

    field: str
    node: Scalar
    text: str
    want: Want
    start: int = 0
    private: bool = False
    outcome: Outcome = Outcome.MISSING
    path: str = ""
    target: Kustomization | None = None
    candidates: list[str] = dataclasses.field(default_factory=list)

    @property
    def span(self) -> Span:
        """Where the path stands."""
        return self.node.part(self.start, self.start + len(self.text)) if self.text else self.node.span

    @property
    def unknown(self) -> bool:
        """Whether what it names may well exist, but is not known here."""
        return self.outcome in _UNKNOWN


class Kustomization(Resource):
    """A Kustomization or a Component. ``root`` has the schema's spelling of field names."""

    #: The other file of the same folder that kustomize would read just as well.
    rival: Kustomization | None = None

    def __init__(self, document: Document, unit: Unit) -> None:
        kind = KINDS[1] if document.mapping.text_at("kind") == KINDS[1] else KINDS[0]
        self.component = kind == KINDS[1]
        self.schema = _SCHEMAS[kind]
        root = canonical(document.mapping, self.schema.document)
        node: Node = root.scalar("kind") or (root.entries[0][0] if root.entries else _start(document))
        name = document.source.directory if is_read(document) else document.source.path
        super().__init__(Key(SYSTEM, "Kustomization", "", name), node, unit, root, document)
        self.root: Mapping = root
        self.uses: list[Use] = []

    @property
    def readable(self) -> bool:
        """Whether kustomize reads the file at all: it does not under another name."""
        return is_read(self.document)

    @property
    def directory(self) -> str:
        """The folder that its paths start at."""
        return self.document.source.directory

    @property
    def shown(self) -> str:
        """The folder for sentences."""
        return self.directory or "."

    @property
    def namespace_node(self) -> Scalar | None:
        """The value of ``namespace`` where there is one."""
        return self._text("namespace")

    @property
    def prefix(self) -> Scalar | None:
        """The value of ``namePrefix`` where there is one."""
        return self._text("namePrefix")

    @property
    def suffix(self) -> Scalar | None:
        """The value of ``nameSuffix`` where there is one."""
        return self._text("nameSuffix")

    def _text(self, name: str) -> Scalar | None:
        node = self.root.scalar(name)
        return node if node is not None and node.text else None

    @cached_property
    def errors(self) -> list[SchemaError]:
        """What the schema says of it."""
        return self.schema.errors(self.root, DIALECT) if self.document.root is not None else []

    @cached_property
    def is_empty(self) -> bool:
        """Whether kustomize takes it for empty: nothing but its apiVersion, its kind and fields without content.

        An empty list or mapping is content; ``bases``, ``imageTags`` and ``helmChartInflationGenerator`` move into
        other fields first, so that an empty list of them is none.
        """
        if self.document.broken or (self.document.root is not None and not isinstance(self.document.root, Mapping)):
            return False
        for key, value in self.root.pairs():
            if key.text in ("apiVersion", "kind"):
                continue
            if key.text in _MOVED and isinstance(value, Sequence) and not value.children:
                continue
            if not isinstance(value, Scalar) or (not value.is_null and value.text):
                return False
        return True

    def __str__(self) -> str:
        return f"{'Component' if self.component else 'Kustomization'}/{self.shown if self.readable else self.name}"


_MOVED = frozenset({"bases", "imageTags", "helmChartInflationGenerator"})


def _start(document: Document) -> Scalar:
    return Scalar(document.source, document.start, document.start, "")
