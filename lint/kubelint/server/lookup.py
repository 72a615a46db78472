"""What stands at a position: a reference, an entity, a finding; and where its other ends are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from kubelint.graph.model import Entity, Reference, Resource
from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.tree.node import Mapping, Node, Scalar

End = TypeVar("End", Reference, Entity)
#: Where the labels of the pods of an object stand, or its own.
LABELS = (
    ("spec", "template", "metadata", "labels"),
    ("spec", "jobTemplate", "spec", "template", "metadata", "labels"),
    ("metadata", "labels"),
)


class LabelAt(NamedTuple):
    """One label of a selector or of an object: its key, its value, and the mapping that it stands in."""

    key: Scalar
    value: Scalar
    mapping: Mapping


def references_at(graph: Graph, path: str, offset: int) -> list[Reference]:
    """Return the references made at an offset, the narrowest ones; the same one in several units counts each time."""
    found = [
        reference for reference in references_in(graph, path) if reference.node.start <= offset <= reference.node.end
    ]
    narrowest = min((reference.node.end - reference.node.start for reference in found), default=0)
    return [reference for reference in found if reference.node.end - reference.node.start == narrowest]


def references_in(graph: Graph, path: str) -> list[Reference]:
    """Return the references made in a file, in the order of the text."""
    return graph.once("server references by file", lambda: _by_file(graph.references)).get(path, [])


def entities_at(graph: Graph, path: str, offset: int) -> list[Entity]:
    """Return the entities whose name stands at an offset."""
    return [entity for entity in entities_in(graph, path) if entity.node.start <= offset <= entity.node.end]


def entities_in(graph: Graph, path: str) -> list[Entity]:
    """Return the entities whose names stand in a file, in the order of the text."""
    index = graph.once("server entities by file", lambda: _by_file(_named(graph)))
    return [entity for entity in index.get(path, []) if isinstance(entity.node, Scalar)]


def _named(graph: Graph) -> Iterable[Entity]:
    """Return all entities, and the parts of objects that something refers to: ports, keys, volumes."""
    named = {id(entity): entity for entity in graph.entities}
    for reference in graph.references:
        for target in reference.targets:
            named.setdefault(id(target), target)
    return named.values()


def _by_file(ends: Iterable[End]) -> dict[str, list[End]]:
    index: dict[str, list[End]] = {}
    for end in ends:
        index.setdefault(end.node.source.path, []).append(end)
    for found in index.values():
        found.sort(key=lambda end: (end.node.start, end.node.end))
    return index


def label_at(reference: Reference, offset: int) -> LabelAt | None:
    """Return the label of a selector that an offset is on."""
    return _label_in(reference.node, offset)


def object_label_at(graph: Graph, path: str, offset: int) -> tuple[Resource, LabelAt] | None:
    """Return the label of an object that an offset is on, and the object."""
    for resource in graph.subjects(Resource):
        if resource.root.source.path != path or not resource.root.start <= offset <= resource.root.end:
            continue
        for steps in LABELS:
            found = _label_in(resource.root.at(*steps), offset)
            if found is not None:
                return resource, found
    return None


def _label_in(node: Node | None, offset: int) -> LabelAt | None:
    if not isinstance(node, Mapping):
        return None
    for key, value in node.pairs():
        if isinstance(value, Scalar) and key.start <= offset <= max(key.end, value.end):
            return LabelAt(key, value, node)
        if isinstance(value, Mapping) and (found := _label_in(value, offset)) is not None:
            return found
    return None


def definitions(graph: Graph, path: str, offset: int) -> list[Span]:
    """Return where what stands at an offset is defined: what a reference leads to, its near misses where it dangles."""
    found: list[Span] = []
    for reference in references_at(graph, path, offset):
        label = label_at(reference, offset)
        for target in reference.targets or reference.candidates:
            found += _labels_of(target, label) if label is not None else [_start(target)]
    if found:
        return list(dict.fromkeys(found))
    return list(dict.fromkeys(_start(entity) for entity in entities_at(graph, path, offset)))


def _labels_of(target: Entity, label: LabelAt) -> list[Span]:
    owner = target.owner if target.owner is not None else target
    if isinstance(owner, Resource):
        for steps in LABELS:
            value = owner.root.at(*steps, label.key.text)
            if isinstance(value, Scalar):
                return [value.span]
    return [_start(target)]


def _start(entity: Entity) -> Span:
    """Return the place to jump to: the name, or the first character of a file."""
    span = entity.span
    return span if isinstance(entity.node, Scalar) else Span(span.file, span.start, span.start)


def uses(graph: Graph, path: str, offset: int, *, declaration: bool) -> list[Span]:
    """Return all places that refer to what stands at an offset, with its definition if that is wanted."""
    from kubelint.server.mentions import mentions  # what only a question needs is imported with the first one

    entities = meant(graph, path, offset)
    found: list[Span] = [entity.span for entity in entities if declaration]
    for entity in entities:
        # What refers to a part of it does not name it.
        found += [reference.span for reference in graph.incoming(entity) if entity in reference.targets]
        found += mentions(graph, entity)
    labelled = object_label_at(graph, path, offset)
    if not entities and labelled is not None:
        resource, label = labelled
        found += [label.value.span] if declaration else []
        found += [span for span, _ in selecting(graph, resource, label)]
    return sorted(set(found))


def meant(graph: Graph, path: str, offset: int) -> list[Entity]:
    """Return the entities that stand at an offset or that the references there lead to."""
    entities = entities_at(graph, path, offset)
    if not entities:
        references = references_at(graph, path, offset)
        entities = [target for reference in references for target in reference.targets]
    return list({id(entity): entity for entity in entities}.values())


def selecting(graph: Graph, resource: Resource, label: LabelAt) -> Iterator[tuple[Span, Reference]]:
    """Yield the values of selectors that look at a label of an object."""
    for reference in graph.incoming(resource):
        if not isinstance(reference.node, Mapping):
            continue
        for entries in (reference.node, reference.node.mapping("matchLabels")):
            value = None if entries is None else entries.get(label.key.text)
            if isinstance(value, Scalar):
                yield value.span, reference
