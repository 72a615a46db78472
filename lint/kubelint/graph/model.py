"""What the graph is made of."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingABC
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from kubelint.source import SourceFile, Span
from kubelint.tree.node import Mapping, Node, Scalar

#: The kind of units whose objects may come from files of other folders, with changes.
RENDERED = "kustomization"


class Key(NamedTuple):
    """The name of an entity. ``namespace`` is empty where there is none or where it is not written down."""

    system: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


@dataclass(slots=True, eq=False)
class Unit:
    """What is applied together: conflicts are judged inside one unit only.

    ``kind`` is ``kustomization``, ``directory``, ``compose project``, ``pipeline file``, ``inventory`` …; ``path`` the
    folder or file that it is known by. ``incomplete`` says that a part of it could not be read or is only known later,
    so that a name that is not there is unknown, not missing. ``closed`` is the user's word that nothing which the
    unit refers to lives elsewhere.
    """

    kind: str
    path: str
    resources: list[Resource] = field(default_factory=list)
    incomplete: bool = False
    closed: bool = False

    def __str__(self) -> str:
        return f"{self.kind} {self.path or '.'}"


class Entity:
    """Something that can be referred to: an object, a port, a key of a ConfigMap, a subset, a step, a host, a file.

    ``node`` is where its name stands; ``owner`` the resource that it is part of (itself for a resource).
    """

    __slots__ = ("key", "node", "owner", "unit")

    def __init__(self, key: Key, node: Node, unit: Unit, owner: Resource | None = None) -> None:
        self.key = key
        self.node = node
        self.unit = unit
        self.owner = owner

    @property
    def name(self) -> str:
        """The name alone."""
        return self.key.name

    @property
    def namespace(self) -> str:
        """The namespace in effect; empty where it is not written down."""
        return self.key.namespace

    @property
    def span(self) -> Span:
        """Where the name stands."""
        return self.node.span

    def __str__(self) -> str:
        return str(self.key)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key} in {self.unit}>"


class Resource(Entity):
    """A typed view over one tree: the base of Deployment, compose service, Drone pipeline, inventory.

    ``root`` is the tree; ``opaque`` says that nothing is known of its kind but the name, so that nobody can tell
    whether it is right; systems subclass this and add properties.
    """

    __slots__ = ("document", "opaque", "root")

    def __init__(self, key: Key, node: Node, unit: Unit, root: Node, document: Document) -> None:
        super().__init__(key, node, unit)
        self.owner = self
        self.opaque = False
        self.root = root
        self.document = document

    @property
    def source(self) -> SourceFile:
        """The file that the resource stands in."""
        return self.root.source

    @property
    def as_written(self) -> bool:
        """Whether it is a document of its file, whole and unchanged."""
        return self.root is self.document.root and self.unit.kind != RENDERED

    def annotation(self, name: str) -> Scalar | None:
        """Return the value of an annotation; None where the system has none or it is not set."""
        del name
        return None

    def annotations(self) -> Iterable[tuple[Scalar, Node]]:
        """Yield the annotations that suppression looks into."""
        return ()


@dataclass(slots=True, eq=False)
class Document:
    """A part of a file that a system has taken as its own, and why.

    ``kind`` is what a user would call it (``Deployment``, ``compose project``, ``inventory``), ``evidence`` the reason
    in words (``apiVersion and kind``, ``file name``).
    """

    system: str
    kind: str
    source: SourceFile
    root: Node | None
    evidence: str
    start: int = 0
    end: int = 0
    broken: bool = False
    content: object = None

    @property
    def mapping(self) -> Mapping:
        """The root as a mapping; an empty one where it is something else."""
        if isinstance(self.root, Mapping):
            return self.root
        return Mapping(self.source, self.start, self.end, [])

    @property
    def span(self) -> Span:
        """Where the document stands in its file."""
        return Span(self.source, self.start, self.end)


class Resolution(Enum):
    """What became of a reference."""

    RESOLVED = "resolved"
    NEAR_MISS = "near-miss"
    MISSING = "missing"
    UNKNOWN = "unknown"
    EXTERNAL = "external"


@dataclass(slots=True, eq=False)
class Reference:
    """One use of a name or a selector.

    ``kind`` is a verb (``selects``, ``mounts``, ``scales``, ``routes-to``, ``builds``, ``calls``, ``includes`` …);
    ``node`` the very scalar (or the selector) that makes it; ``wanted`` what it asks for, in words. ``targets`` are the
    entities of a resolved reference, ``candidates`` the near misses. ``detail`` is free for the system that links.
    """

    kind: str
    source: Resource
    node: Node
    wanted: Key
    resolution: Resolution
    targets: tuple[Entity, ...] = ()
    candidates: tuple[Entity, ...] = ()
    detail: object = None

    @property
    def target(self) -> Entity | None:
        """The first target; None where there is none."""
        return self.targets[0] if self.targets else None

    @property
    def span(self) -> Span:
        """Where the reference stands."""
        return self.node.span

    @property
    def dangling(self) -> bool:
        """Whether the name is wrong for certain or very likely so."""
        return self.resolution in (Resolution.NEAR_MISS, Resolution.MISSING)

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.wanted}: {self.resolution.value}"


class Target(NamedTuple):
    """The version of a system that the repository is for; ``node`` says so, None: the configuration does."""

    version: str
    node: Node | None = None


class EnvironmentVariable(NamedTuple):
    """A variable that some system sets for some process: what proxy rules and call edges look at.

    ``place`` says in words where it is set (``container `web` of Deployment/shop/web``).
    """

    name: str
    key_node: Node
    value: Scalar
    resource: Resource
    place: str


class ProxyVariable(EnvironmentVariable):
    """A variable that says which requests go through which proxy."""

    __slots__ = ()

    #: Variables that name a proxy, in lower case; programs read them in lower or upper case.
    PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy"})
    #: Variables that name what goes past the proxy; the second is kubespray's.
    EXCEPTIONS = frozenset({"no_proxy", "additional_no_proxy"})


Labels = MappingABC[str, str]
