"""``$(NAME)`` in variables, commands and arguments: what the kubelet puts in its place, and what it leaves as it is.

A variable may use those before it; commands and arguments may use all. What is not defined stays as it stands, which is
also what a shell wants for its own ``$(command)``.

Source: Kubernetes documentation, "Define Dependent Environment Variables" and "Define a Command and Arguments for a
Container"; API reference, EnvVar (`value`) and VolumeMount (`subPathExpr`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.suggest import nearest
from kubelint.systems.kubernetes.environment import taken_over
from kubelint.systems.kubernetes.model import DataHolder
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Node, Scalar

_REFERENCE = re.compile(r"\$\$|\$\((?P<name>[A-Za-z_][A-Za-z0-9_.-]*)\)")
#: Variables that the kubelet adds for each Service of the namespace.
_OF_SERVICES = re.compile(
    r"[A-Z0-9_]+_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]+)?|PORT(?:_[0-9]+_(?:TCP|UDP|SCTP).*)?)\Z"
)
_CONSTANT = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\Z")
_KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})


class Reason(Enum):
    """Why a reference is not expanded."""

    LATER = "later"
    ITSELF = "itself"
    NEAR = "near"
    UNKNOWN = "unknown"


class Unexpanded(NamedTuple):
    """A reference that stays as it is; ``other`` is the variable that was meant, where there is one.

    ``fatal``: the container does not even start.
    """

    name: str
    span: Span
    node: Scalar
    reason: Reason
    other: Scalar | None = None
    fatal: bool = False


def unexpanded(graph: Graph, container: Container) -> Iterator[Unexpanded]:
    """Yield the references of a container that surely or very likely are not expanded as they were meant to be."""
    variables = _Variables(graph, container)
    before: set[str] = set()
    for entry in container.environment:
        name, value = entry.scalar("name"), entry.scalar("value")
        if value is not None and not value.opaque:
            for wanted, start, end in _references(value):
                found = variables.judge(wanted, value, start, end, before, own=None if name is None else name.text)
                if found is not None:
                    yield found
        if name is not None:
            before.add(name.text)
    for text in _texts(container):
        for wanted, start, end in _references(text):
            found = variables.judge(wanted, text, start, end, before)
            if found is not None:
                yield found
    for mount in container.node.items_at("volumeMounts"):
        path = mount.scalar("subPathExpr")
        for wanted, start, end in () if path is None or path.opaque else _references(path):
            assert path is not None  # noqa: S101 - no references come of None
            found = variables.judge(wanted, path, start, end, before, fatal=True)
            if found is not None:
                yield found


class _Variables:
    """The variables of one container."""

    def __init__(self, graph: Graph, container: Container) -> None:
        self.graph = graph
        self.own: dict[str, Scalar] = {}
        self.opaque = False
        for entry in container.environment:
            name = entry.scalar("name")
            if name is None or name.opaque:
                self.opaque = True
            else:
                self.own.setdefault(name.text, name)
        self.taken = {setting.name: setting.key for setting in taken_over(graph, container)}
        self.complete = not self.opaque and _sources_known(graph, container)

    def judge(
        self,
        wanted: str,
        node: Scalar,
        start: int,
        end: int,
        before: set[str],
        *,
        own: str | None = None,
        fatal: bool = False,
    ) -> Unexpanded | None:
        """Return why a reference is not expanded; None where it is, or may be."""
        if wanted in before or wanted in self.taken or _OF_SERVICES.match(wanted):
            return None
        span = node.part(start, end)
        if wanted in self.own:
            if not self.complete:
                return None
            if wanted == own:
                return Unexpanded(wanted, span, node, Reason.ITSELF)
            return Unexpanded(wanted, span, node, Reason.LATER, self.own[wanted])
        if wanted in _kustomize_variables(self.graph):
            return None
        if not self.complete:
            return None
        known = {**self.taken, **self.own}
        if not (own or fatal or _CONSTANT.match(wanted)):
            return None  # a shell's own `$(hostname)`
        near = nearest(wanted, known)
        if near and near[0] != own:
            return Unexpanded(wanted, span, node, Reason.NEAR, known[near[0]], fatal)
        if fatal or _CONSTANT.match(wanted):
            return Unexpanded(wanted, span, node, Reason.UNKNOWN, None, fatal)
        return None


def _references(node: Scalar) -> Iterator[tuple[str, int, int]]:
    """Yield name and place of each ``$(NAME)``; ``$$(NAME)`` is none."""
    if "$(" in node.text:
        for found in _REFERENCE.finditer(node.text):
            if found["name"] is not None:
                yield found["name"], found.start(), found.end()


def _texts(container: Container) -> Iterator[Scalar]:
    for section in ("command", "args"):
        for item in container.node.items_at(section):
            if isinstance(item, Scalar) and not item.opaque:
                yield item


def _sources_known(graph: Graph, container: Container) -> bool:
    """Tell whether all keys of the ConfigMaps and Secrets that are taken over whole are written down here."""
    return all(_source_known(graph, container, entry) for entry in container.node.items_at("envFrom"))


def _source_known(graph: Graph, container: Container, entry: Node) -> bool:
    for field, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
        name = entry.scalar(field, "name")
        if name is None:
            continue
        if name.opaque or container.owner.unit.incomplete:
            return False
        wanted = Key("kubernetes", kind, container.owner.namespace, name.text)
        holders = graph.find(wanted, container.owner.unit, file=name.source)
        return len(holders) == 1 and isinstance(holders[0], DataHolder) and holders[0].keys_known
    return False


def _kustomize_variables(graph: Graph) -> frozenset[str]:
    """Return the names under ``vars`` of the repository's kustomizations: kustomize replaces ``$(NAME)`` itself."""

    def collect() -> frozenset[str]:
        return frozenset(
            name
            for file in graph.repository.files
            if file.name in _KUSTOMIZATIONS and "vars" in file.text
            for document in file.yaml.documents
            if document.root is not None
            for entry in document.root.items_at("vars")
            if (name := entry.text_at("name")) is not None
        )

    return graph.once("kustomize variables", collect)
