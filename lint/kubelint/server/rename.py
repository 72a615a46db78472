"""Renaming: all places of a name at once, or a reason why not.

A name that stands in a file as it is used can be renamed: a resource, a port, a subset, a key, a compose service, a
volume, a step, an inventory group or host. One that a template, a generator or a transformer makes cannot: its text is
nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kubelint.graph.model import Entity, Resource, Unit
from kubelint.graph.query import Graph
from kubelint.server import lookup
from kubelint.source import Span, TextEdit
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar

#: Below these keys stand labels or what selects by them.
_LABEL_KEYS = frozenset({"labels", "matchLabels", "selector", "podSelector", "nodeSelector", "commonLabels", "pairs"})
#: Entities whose name is a place in the file system: renaming them would mean moving files.
_PLACES = frozenset({"File", "Kustomization", "Dockerfile", "Inventory", "Variables", "project"})

#: Groups that Ansible makes, and those that the playbooks of kubespray ask for ("inventory.md").
_KNOWN_GROUPS = frozenset({"all", "ungrouped", "kube_control_plane", "kube_node", "etcd", "k8s_cluster", "calico_rr"})


class RefusedError(Exception):
    """Why a name cannot be renamed, in words for the user."""


class Renaming(NamedTuple):
    """What would be renamed: the place under the cursor and all places that change with it."""

    place: Span
    name: str
    spans: tuple[Span, ...]

    def edits(self, new: str) -> list[TextEdit]:
        """Return the edits; raises :class:`RefusedError` for a text that cannot stand there."""
        if not new or new != new.strip() or not new.isprintable() or any(c in new for c in ":#{}[]&*!|>'\"%@`,"):
            raise RefusedError(f"`{new}` cannot stand here without quotes")
        return [TextEdit(span, new) for span in self.spans]


def renaming(graph: Graph, path: str, offset: int) -> Renaming:
    """Return what renaming at an offset means; raises :class:`RefusedError`."""
    entities = lookup.meant(graph, path, offset)
    # The first name of an inventory also stands for the file.
    entities = [entity for entity in entities if entity.key.kind not in _PLACES] or entities
    label = _label(graph, path, offset)
    if label is not None:
        return _rename_label(graph, *label)
    if not entities:
        raise RefusedError("there is no name here that others refer to")
    return _rename_entities(graph, entities, path, offset)


def _label(graph: Graph, path: str, offset: int) -> tuple[Resource, lookup.LabelAt] | None:
    for reference in lookup.references_at(graph, path, offset):
        found = lookup.label_at(reference, offset)
        if found is not None and found.value.start <= offset <= found.value.end:
            return reference.source, found
    if lookup.entities_at(graph, path, offset) or lookup.references_at(graph, path, offset):
        return None
    labelled = lookup.object_label_at(graph, path, offset)
    return labelled if labelled is not None and labelled[1].value.start <= offset <= labelled[1].value.end else None


def _rename_label(graph: Graph, resource: Resource, label: lookup.LabelAt) -> Renaming:
    """Rename a value of a label everywhere in the units of the object, in labels and in selectors."""
    _plain(label.value, label.value.text)
    units = _units_of(graph, resource)
    spans: set[Span] = set()
    for unit in units:
        for other in unit.resources:
            for value in _labelled(other.root, label.key.text, label.value.text):
                _plain(value, label.value.text)
                spans.add(_bare(value))
    return Renaming(_bare(label.value), label.value.text, tuple(sorted(spans)))


def _units_of(graph: Graph, resource: Resource) -> list[Unit]:
    """Return the units in which an object stands: those of all overlays that are built from its file."""
    place = resource.root.source.path, resource.root.start
    return [
        unit
        for unit in graph.units
        if unit is resource.unit or any((other.root.source.path, other.root.start) == place for other in unit.resources)
    ]


def _labelled(node: Node, key: str, value: str, *, inside: bool = False) -> Iterator[Scalar]:
    if isinstance(node, Mapping):
        for name, below in node.pairs():
            if inside and name.text == key and isinstance(below, Scalar) and below.text == value:
                yield below
            else:
                yield from _labelled(below, key, value, inside=inside or name.text in _LABEL_KEYS)
    else:
        for item in node.items():
            yield from _labelled(item, key, value, inside=inside)


def _rename_entities(graph: Graph, entities: Iterable[Entity], path: str, offset: int) -> Renaming:
    from kubelint.server.mentions import mentions  # what only a question needs is imported with the first one

    spans: set[Span] = set()
    name = ""
    for entity in entities:
        if entity.key.kind in _PLACES:
            raise RefusedError(f"this {entity.key.kind} is called as its file or folder; move that")
        node = entity.node
        if not isinstance(node, Scalar):
            raise RefusedError("this name does not stand in a file by itself")
        text = node.text
        if name and text != name:
            raise RefusedError(f"several things are meant here, `{name}` and `{text}`")
        name = text
        _plain(node, text)
        _free(graph, entity)
        spans.add(_bare(node))
        for reference in graph.incoming(entity):
            if reference.targets and entity in reference.targets:
                span = _use(reference.node, text)
                if span is not None:
                    spans.add(span)
        for span in mentions(graph, entity):
            if span.text != text:
                raise RefusedError(f"{_place(span)} means it too, in a text that cannot be changed by itself")
            spans.add(span)
    here = [span for span in spans if span.file.path == path and span.start <= offset <= span.end]
    if not here:
        raise RefusedError("what stands here is made of several names")
    return Renaming(here[0], name, tuple(sorted(spans)))


def _use(node: Node, name: str) -> Span | None:
    """Return the part of a reference that is the name; None for a selector, which does not name it."""
    if not isinstance(node, Scalar):
        return None
    if node.text == name:
        _plain(node, name)
        return _bare(node)
    # A name with something behind or before it: `reviews.shop.svc`, `data:/var/lib`, `http://reviews:9080/`.
    start = node.text.find(name)
    while start >= 0:
        end = start + len(name)
        before, after = node.text[max(start - 1, 0) : start], node.text[end : end + 1]
        if not (_in_name(before) or _in_name(after)):
            span = node.part(start, end)
            if span.text == name:
                return span
            break
        start = node.text.find(name, start + 1)
    raise RefusedError(f"{_place(node.span)} refers to it as `{node.text}`, which cannot be changed by itself")


def _free(graph: Graph, entity: Entity) -> None:
    """Raise :class:`RefusedError` where Ansible or kubespray go by the name of a group or host."""
    from kubelint.systems.kubespray.entities import InventoryGroup, InventoryHost, VariableFile

    if not isinstance(entity, InventoryGroup | InventoryHost):
        return
    if isinstance(entity, InventoryGroup) and entity.name in _KNOWN_GROUPS:
        raise RefusedError(f"`{entity.name}` is a name that Ansible or kubespray asks for")
    folder = "group_vars" if isinstance(entity, InventoryGroup) else "host_vars"
    for file in graph.subjects(VariableFile):
        if file.unit is entity.unit and file.target == entity.name and folder in file.key.name.split("/"):
            raise RefusedError(f"the variables in {file.key.name} are found by this name; move them first")


def _place(span: Span) -> str:
    return f"{span.file.path}:{span.line}"


def _in_name(character: str) -> bool:
    return character.isalnum() or (character != "" and character in "-_")


def _plain(node: Scalar, name: str) -> None:
    if isinstance(node, MadeScalar):
        by = node.by if node.by is not None else node
        raise RefusedError(f"`{name}` is made by {by.source.path}:{by.span.line}; rename it there")
    if node.opaque:
        raise RefusedError(f"`{node.text}` is a template: its name is known only later")
    if _bare(node).text != name:
        raise RefusedError(f"`{name}` does not stand in the file as it is used")


def _bare(node: Scalar) -> Span:
    """Return the span of the text without its quotes."""
    return node.part(0, len(node.text))
