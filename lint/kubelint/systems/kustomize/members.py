"""What a build is made of: objects on their way, and what can go wrong when they come together."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

from kubelint.graph.model import Document
from kubelint.source import Span
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kustomize.generators import Generator
from kubelint.systems.kustomize.model import Kustomization, Use
from kubelint.tree.node import Mapping, Node, Scalar

Identity = tuple[str, str, str, str]


class LabelSet(NamedTuple):
    """Label pairs that a kustomization adds to objects; ``templates`` and ``selectors`` say where else."""

    pairs: Mapping
    templates: bool
    selectors: bool


class Member(NamedTuple):
    """One object on its way through a build.

    ``names`` are all that it had, the original first; ``namespace`` is what a kustomization has set (``setter`` says
    which; None: what is written down holds); ``labels`` are the label pairs put on it; ``exact`` says that no patch can
    have renamed or removed it; ``use`` is the entry that brought it in; ``local`` that it is dropped at the end.
    """

    root: Mapping
    document: Document
    api_version: str
    kind: str
    cluster_scoped: bool
    node: Node
    owner: Kustomization
    use: Use | None
    written: str
    names: tuple[str, ...]
    namespace: str | None = None
    setter: Kustomization | None = None
    labels: tuple[LabelSet, ...] = ()
    generator: Generator | None = None
    additions: tuple[Generator, ...] = ()
    exact: bool = True
    local: bool = False

    @property
    def identity(self) -> Identity:
        """What kustomize tells objects apart by; no namespace and ``default`` are the same to it."""
        where = self.written if self.namespace is None else self.namespace
        return self.api_version, self.kind, "" if self.cluster_scoped or where == "default" else where, self.names[-1]


#: The members of a build by their identity, each with the entry that brought it into this kustomization.
Index = dict[Identity, tuple[Member, Use | None]]


@dataclasses.dataclass(slots=True)
class Collision:
    """Two objects with one identity in one build, and the entries of one kustomization that brought them together."""

    kustomization: Kustomization
    first: Member
    second: Member
    first_use: Use | None
    second_use: Use | None

    @property
    def span(self) -> Span:
        """Where the second one is named."""
        return self.second.node.span


@dataclasses.dataclass(slots=True)
class Cycle:
    """An entry that leads back to the kustomization that it comes from, or to a folder above it.

    ``way`` are the entries that lead from there to here.
    """

    kustomization: Kustomization
    use: Use
    to: Kustomization
    way: list[Use]

    @property
    def span(self) -> Span:
        """Where the entry stands."""
        return self.use.span


@dataclasses.dataclass(slots=True)
class LoneMerge:
    """A generator that is to merge into an object or to replace one, where there is none; ``others`` could be meant."""

    generator: Generator
    others: list[Member]

    @property
    def span(self) -> Span:
        """Where the generator is named."""
        return self.generator.span


@dataclasses.dataclass(slots=True, eq=False)
class Moved:
    """A Service that a kustomization puts into another namespace; ``namespaces`` are those that it was in before."""

    item: KubernetesObject
    namespaces: frozenset[str]
    namespace: Node

    @property
    def span(self) -> Span:
        """Where the Service is named."""
        return self.item.span


@dataclasses.dataclass(slots=True)
class Accumulated:
    """The members of a build so far; ``complete`` says that nothing is missing that is only known elsewhere.

    ``named`` says that no name holds a placeholder, which not even the build itself can fill.
    """

    members: list[Member] = dataclasses.field(default_factory=list)
    complete: bool = True
    named: bool = True
    resources_patched: bool = False


@dataclasses.dataclass(slots=True, eq=False)
class Renamed:
    """An object that has another name once it is built.

    ``names`` are those that it had, ``node`` is the one that it gets; ``followed`` are the identities of the nodes of
    all references of its build that kustomize rewrites.
    """

    item: KubernetesObject
    names: frozenset[str]
    node: Scalar
    followed: set[int]

    @property
    def span(self) -> Span:
        """Where the object is named."""
        return self.item.span
