"""ConfigMaps and Secrets that a kustomization generates.

Source: kustomize, ``api/kv`` (how literals, files and env files become keys) and the kustomization reference,
``configMapGenerator`` and ``secretGenerator``. Keys come from env files first, then from literals, then from files.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from kubelint.graph.model import Document, Key, Unit
from kubelint.repository import Repository
from kubelint.source import Span
from kubelint.systems.kubernetes.model import ConfigMap, DataHolder, KubernetesObject, Secret
from kubelint.systems.kustomize.model import DIALECT, Kustomization, Outcome, Use
from kubelint.systems.kustomize.uses import GENERATORS
from kubelint.tree.dotenv import read_env_lines
from kubelint.tree.node import OPAQUE_TAG, Mapping, Node, Scalar
from kubelint.words import cut

#: The tag of a value that is text whatever it looks like.
TEXT = "!"
_KINDS = dict(zip(GENERATORS, ("ConfigMap", "Secret"), strict=True))


class EntryFault(NamedTuple):
    """An entry that the generator cannot take: where, what is wrong, what to do, and what it collides with."""

    span: Span
    headline: str
    label: str
    help: str
    other: Span | None = None


class Generator:
    """One entry of ``configMapGenerator`` or ``secretGenerator``; :meth:`read` fills in its keys.

    ``keys`` maps each key to the node that makes it: the literal, the entry of a file, the line of an env file.
    ``complete`` says that all of them are known.
    """

    def __init__(self, kustomization: Kustomization, field: str, node: Mapping) -> None:
        self.kustomization = kustomization
        self.field = field
        self.kind = _KINDS[field]
        self.node = node
        self.keys: dict[str, Scalar] = {}
        self.values: dict[str, Node] = {}
        self.complete = True
        self.faults: list[EntryFault] = []

    @property
    def name(self) -> Scalar | None:
        """Its name, without the suffix that kustomize makes of the content."""
        return self.node.scalar("name")

    @property
    def namespace(self) -> str:
        """The namespace that is written down at the generator."""
        node = self.node.scalar("namespace")
        return "" if node is None or node.opaque else node.text

    @property
    def behavior(self) -> str:
        """``merge`` or ``replace``; every other word makes a new object."""
        return self.node.text_at("behavior") or "create"

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.node.span

    def read(self, repository: Repository, uses: dict[int, Use]) -> None:
        """Find out the keys; ``uses`` are those of the kustomization by the identity of their node."""
        for node in (*self.node.items_at("envs"), self.node.at("env")):
            if isinstance(node, Scalar) and node.text:
                self._read_env(repository, uses.get(id(node)))
        for node in self.node.items_at("literals"):
            if isinstance(node, Scalar) and isinstance(node.value(DIALECT), str):
                self._read_literal(node)
        for node in self.node.items_at("files"):
            if isinstance(node, Scalar):
                self._read_file(node, uses.get(id(node)))

    def _add(self, key: Scalar, value: Node, place: Span) -> None:
        first = self.keys.get(key.text)
        if first is not None:
            headline = f"{self.kind} `{self._shown}` gets the key `{key.text}` twice"
            self._fault(place, headline, "kustomize refuses a repeated key", "remove one of the two", first.span)
        else:
            self.keys[key.text], self.values[key.text] = key, value

    def _fault(self, span: Span, headline: str, label: str, advice: str, other: Span | None = None) -> None:
        self.faults.append(EntryFault(span, headline, label, advice, other))

    @property
    def _shown(self) -> str:
        return self.name.text if self.name is not None else "without name"

    def _read_literal(self, node: Scalar) -> None:
        key, separator, value = node.text.partition("=")
        if node.opaque and (not separator or "{" in key):
            self.complete = False
        elif not separator or not key:
            missing = "key before `=`" if separator else "`=`"
            self._fault(
                node.span, f"the literal `{cut(node.text)}` has no {missing}", "not `key=value`", "write `key=value`"
            )
            self.complete = False
        else:
            name = _part(node, 0, len(key))
            self._add(name, _part(node, len(key) + 1, len(node.text), _unquoted(value)), name.span)

    def _read_file(self, node: Scalar, use: Use | None) -> None:
        key, separator, path = node.text.partition("=")
        if use is None:
            self._fault(
                node.span,
                f"`{cut(node.text)}` has more than one `=`",
                "neither a path nor `key=path`",
                "write `key=path`",
            )
            self.complete = False
            return
        if not separator:
            path, key = node.text, node.text.rstrip("/").rpartition("/")[2]
        if node.opaque or not path:
            self.complete = False
            return
        if not key:
            self._fault(
                node.span,
                f"`{cut(node.text)}` has no key before `=`",
                "not `key=path`",
                "write `key=path`, or the path alone",
            )
            self.complete = False
            return
        start = 0 if separator else len(node.text) - len(key)
        name = _part(node, start, start + len(key))
        # What the file holds is not looked at: opaque, so that it fits whatever is expected of a value.
        value = Scalar(node.source, node.start, node.end, "", None, OPAQUE_TAG)
        self._add(name, value, name.span)

    def _read_env(self, repository: Repository, use: Use | None) -> None:
        source = repository.source(use.path) if use is not None and use.outcome is Outcome.FILE else None
        if source is None or use is None:
            self.complete = False
            return
        for entry in read_env_lines(source).entries:
            if entry.key.opaque:
                self.complete = False
            else:
                value = entry.value or Scalar(source, entry.key.end, entry.key.end, "")
                key = Scalar(source, entry.key.start, entry.key.end, entry.key.text, tag=TEXT)
                self._add(key, _as_text(value), key.span)

    @cached_property
    def root(self) -> Mapping:
        """The object that it makes, as a tree: its nodes are those that it is made from, or stand where those do."""
        source, entry = self.node.source, self.node
        field = self.kustomization.root.key(self.field)
        start, end = (entry.start, entry.start) if field is None else (field.start, field.end)

        def mark(text: str) -> Scalar:
            return Scalar(source, start, end, text, tag=TEXT)

        def mapping(pairs: list[tuple[Scalar, Node]]) -> Mapping:
            return Mapping(source, entry.start, entry.end, pairs)

        metadata: list[tuple[Scalar, Node]] = []
        for name, node in (
            ("name", entry.at("name")),
            ("namespace", entry.at("namespace")),
            ("labels", entry.at("options", "labels")),
            ("annotations", entry.at("options", "annotations")),
        ):
            if node is not None:
                metadata.append((mark(name), _as_text(node)))
        data: list[tuple[Scalar, Node]] = [(key, self.values[name]) for name, key in self.keys.items()]
        pairs: list[tuple[Scalar, Node]] = [
            (mark("apiVersion"), mark("v1")),
            (mark("kind"), mark(self.kind)),
            (mark("metadata"), mapping(metadata)),
            (mark("stringData" if self.kind == "Secret" else "data"), mapping(data)),
        ]
        kind = entry.at("type")
        if kind is not None:
            pairs.append((mark("type"), _as_text(kind)))
        return mapping(pairs)


class GeneratedObject(DataHolder):
    """What generated ConfigMaps and Secrets have in common."""

    generator: Generator
    #: Whether all keys are known, those that other generators merge in included.
    complete = True

    @property
    def keys_known(self) -> bool:
        """Whether all keys are written down."""
        return self.complete


class GeneratedConfigMap(GeneratedObject, ConfigMap):
    """A ConfigMap of ``configMapGenerator``."""


class GeneratedSecret(GeneratedObject, Secret):
    """A Secret of ``secretGenerator``."""


def make_generated(
    generator: Generator, namespace: str, unit: Unit, document: Document, root: Mapping | None = None
) -> GeneratedObject:
    """Return the view of a generated object in a namespace; the generator has a name.

    ``root`` is the object as it is built, where that is known.
    """
    view = GeneratedConfigMap if generator.kind == "ConfigMap" else GeneratedSecret
    name = generator.name or Scalar(generator.node.source, generator.node.start, generator.node.start, "")
    item = view(
        Key(KubernetesObject.system, generator.kind, namespace, name.text), name, unit, root or generator.root, document
    )
    item.generator = generator
    item.complete = generator.complete
    return item


def generators(kustomization: Kustomization) -> Iterator[Generator]:
    """Yield the generators of a kustomization in the order in which kustomize runs them."""
    for field in GENERATORS:
        for node in kustomization.root.items_at(field):
            if isinstance(node, Mapping):
                yield Generator(kustomization, field, node)


def _part(node: Scalar, start: int, end: int, text: str | None = None) -> Scalar:
    span = node.part(start, end)
    return Scalar(node.source, span.start, span.end, node.text[start:end] if text is None else text, tag=TEXT)


def _as_text(node: Node) -> Node:
    """Return a value as text, whatever it looks like: a wrong type is a finding of the kustomization alone."""
    if isinstance(node, Scalar):
        return node if node.opaque else Scalar(node.source, node.start, node.end, node.text, tag=TEXT)
    if isinstance(node, Mapping):
        entries = [(key, _as_text(value)) for key, value in node.pairs() if isinstance(value, Scalar)]
        return Mapping(node.source, node.start, node.end, entries)
    return node


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value
