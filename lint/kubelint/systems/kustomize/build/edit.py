"""Changes of trees that leave the tree as it is: each returns a new node which shares everything that stays.

A container that has changed inside keeps its span; a node returned unchanged is the very node that was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.moment import moment
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence


def with_entries(mapping: Mapping, entries: Iterable[tuple[Scalar, Node]]) -> Mapping:
    """Return a mapping at the same place with other entries."""
    return Mapping(mapping.source, mapping.start, mapping.end, list(entries), flow=mapping.flow, tag=mapping.tag)


def with_items(sequence: Sequence, items: list[Node]) -> Sequence:
    """Return a sequence at the same place with other items."""
    return Sequence(sequence.source, sequence.start, sequence.end, items, flow=sequence.flow, tag=sequence.tag)


def put(mapping: Mapping, name: str, value: Node, key: Scalar | None = None) -> Mapping:
    """Return the mapping with a value under a key; ``key`` is the node of the key where there is none yet."""
    index = mapping.index
    found = index.get(name)
    if found is not None:
        if found[1] is value:
            return mapping
        return with_entries(mapping, [(k, value if k.text == name else v) for k, v in index.values()])
    return with_entries(mapping, [*index.values(), (key or key_of(name, value), value)])


def drop(mapping: Mapping, name: str) -> Mapping:
    """Return the mapping without a key."""
    if name not in mapping:
        return mapping
    return with_entries(mapping, [(key, value) for key, value in mapping.pairs() if key.text != name])


def put_at(mapping: Mapping, path: tuple[str, ...], value: Node) -> Mapping:
    """Return the mapping with a value at a path; missing mappings on the way are made, at the place of the value."""
    name, *rest = path
    if not rest:
        return put(mapping, name, value)
    inner = mapping.get(name)
    if not isinstance(inner, Mapping):
        inner = empty_mapping(value)
    return put(mapping, name, put_at(inner, tuple(rest), value))


def key_of(name: str, place: Node) -> MadeScalar:
    """Return the node of a key that nobody has written down."""
    return MadeScalar(place, name, by=place)


def empty_mapping(place: Node) -> Mapping:
    """Return a mapping without entries."""
    return Mapping(place.source, place.start, place.end, [])


def empty_sequence(place: Node) -> Sequence:
    """Return a sequence without items."""
    return Sequence(place.source, place.start, place.end, [])


def text_of(node: Node, text: str, **made: Node | None) -> MadeScalar:
    """Return a scalar that is this text for every reader, at the place of a node."""
    return MadeScalar(node, text, by=made.get("by"), replaced=made.get("replaced"))


def as_text(node: Scalar) -> Scalar:
    """Return a value as the text that it is written with; the same node where it is one already."""
    if is_text(node):
        return node
    return MadeScalar(node, node.text, replaced=node)


def is_text(node: Node) -> bool:
    """Tell whether a node is a string, to kustomize's reader of manifests."""
    return isinstance(node, Scalar) and isinstance(node.value(GO_YAML_V3), str) and not is_date(node)


def is_null(node: Node | None) -> bool:
    """Tell whether there is no node, or one without value."""
    return node is None or (isinstance(node, Scalar) and node.is_null)


def is_date(node: Scalar) -> bool:
    """Tell whether a scalar is a date, which kustomize's reader makes a point in time of."""
    return node.style is None and node.tag is None and moment(node.text) is not None


def restyled(old: Node | None, new: Node) -> Node:
    """Return a value as it is once it has taken the place of another one.

    kustomize keeps the style of the node that was there: a number that replaces a quoted value is text.
    """
    if not isinstance(old, Scalar) or not isinstance(new, Scalar) or old.style is None or new.style is not None:
        return new
    if is_text(new):
        return new
    return MadeScalar(new, new.text, replaced=old, style=old.style, tag=None)


def each(sequence: Sequence, change: Callable[[Node], Node]) -> Sequence:
    """Return the sequence with each item changed; the same one where none was."""
    items = [change(item) for item in sequence.children]
    if all(new is old for new, old in zip(items, sequence.children, strict=True)):
        return sequence
    return with_items(sequence, items)


def wrong_kind(node: Node, wanted: str) -> BuildError:
    """Return the error for a node that is something else than what must stand there."""
    shown = "a mapping" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "a single value"
    return BuildError(f"{wanted} must stand here, not {shown}", node)


def replacing(new: Node, old: Node | None) -> Node:
    """Return a value of a patch, which remembers the one whose place it takes; both are values of files as a rule."""
    if not isinstance(new, Scalar) or not isinstance(old, Scalar) or old is new or old.is_null:
        return new
    by = new.by if isinstance(new, MadeScalar) and new.by is not None else new
    return MadeScalar(new, new.text, by=by, replaced=old, style=new.style, tag=new.tag)


def check_key(key: Scalar) -> None:
    """Raise BuildError for a key of labels or annotations that kustomize writes without quotes and reads as no text.

    Such are ``1``, ``true`` and ``null``, in quotes or not, and ``on`` and ``n`` without quotes.
    """
    read = key.value(GO_YAML_V2)
    shown = str(read).lower() if isinstance(read, bool) else key.text
    if read is None or not isinstance(GO_YAML_V3.resolve(shown), str):
        raise BuildError(f"kustomize fails on the key `{key.text}`, which it reads as no text", key)
