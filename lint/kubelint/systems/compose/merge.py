"""How Compose merges two definitions: an override over its base, a service over the one that it extends.

Mappings merge, lists append, all else is replaced; ``command``, ``entrypoint`` and ``healthcheck.test`` are replaced
although they are lists; attributes that are lists or mappings of names merge by name; ``!reset`` removes and
``!override`` replaces. The nodes of the result are those of the files, so that every finding stays where somebody wrote
it. Source: "Merge Compose files" of the Compose Specification and the ``override`` package of compose-go.
"""

from __future__ import annotations

from kubelint.systems.compose.short import PART, key_values, names, null
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

RESET, OVERRIDE = "!reset", "!override"

_KEY_VALUES = frozenset(
    {
        ("annotations",),
        ("build", "additional_contexts"),
        ("build", "args"),
        ("build", "labels"),
        ("deploy", "labels"),
        ("environment",),
        ("labels",),
        ("sysctls",),
    }
)
_NAMES = frozenset({("depends_on",), ("models",), ("networks",)})
_LISTS = frozenset(
    {
        ("build", "extra_hosts"),
        ("dns",),
        ("dns_opt",),
        ("dns_search",),
        ("env_file",),
        ("extra_hosts",),
        ("label_file",),
        ("tmpfs",),
    }
)
_REPLACED = frozenset({("command",), ("entrypoint",), ("healthcheck", "test")})
#: Deeper than any attribute of a service; a bound on recursion, not on what is checked.
_MAX_DEPTH = 100

Path = tuple[str, ...]


def merge_service(base: Mapping, other: Mapping) -> Mapping:
    """Return the service that ``other`` makes of ``base``."""
    return _mappings(base, other, ())


def merge_plain(base: Node, other: Node) -> Node:
    """Return what a definition of a volume, network, secret … makes of another one: no attribute is special."""
    return _merge(base, other, ("",))


def without_resets(node: Mapping) -> Mapping:
    """Return a definition without what ``!reset`` marks, as Compose reads the first file that has it."""
    entries = []
    changed = False
    for key, value in node.pairs():
        kept: Node | None = value
        if value.tag == RESET:
            kept = None
        elif isinstance(value, Mapping):
            kept = without_resets(value)
        changed = changed or kept is not value
        if kept is not None:
            entries.append((key, kept))
    return Mapping(node.source, node.start, node.end, entries, flow=node.flow, tag=node.tag) if changed else node


def _merge(base: Node, other: Node, path: Path) -> Node:
    if other.tag == OVERRIDE:
        return other
    if path in _REPLACED:
        return base if isinstance(other, Scalar) and other.is_null else other
    if path in _KEY_VALUES:
        return _by_name(_keyed(base), _keyed(other))
    if path in _NAMES:
        return _mappings(_named(base), _named(other), path)
    if path in _LISTS:
        return _append(_listed(base), _listed(other))
    if path == ("build",):
        return _mappings(_build(base), _build(other), path)
    if isinstance(other, Scalar) and other.is_null:
        return base
    if isinstance(base, Mapping) and isinstance(other, Mapping):
        return _mappings(base, other, path)
    if isinstance(base, Sequence) and isinstance(other, Sequence):
        return _append(base, other)
    return other


def _mappings(base: Mapping, other: Mapping, path: Path) -> Mapping:
    if len(path) > _MAX_DEPTH:
        return other
    entries = {key.text: (key, value) for key, value in base.pairs()}
    for key, value in other.pairs():
        name = key.text
        if value.tag == RESET:
            entries.pop(name, None)
        elif name not in entries:
            entries[name] = (key, value)
        else:
            first, before = entries[name]
            merged = _merge(before, value, (*path, name))
            entries[name] = (key if merged is value else first, merged)
    return _mapping(base, list(entries.values()))


def _by_name(base: Mapping, other: Mapping) -> Mapping:
    entries = {key.text: (key, value) for key, value in base.pairs()}
    entries.update({key.text: (key, value) for key, value in other.pairs()})
    return _mapping(base, list(entries.values()))


def _append(base: Sequence, other: Sequence) -> Sequence:
    known = {_identity(item) for item in base.children}
    added = [item for item in other.children if _identity(item) not in known]
    return Sequence(base.source, base.start, base.end, [*base.children, *added], flow=base.flow)


def _identity(node: Node) -> object:
    """Return something that equal items have in common: Compose drops an item that is there already."""
    return node.value(GO_YAML_V3) if isinstance(node, Scalar) else repr(node.data(GO_YAML_V3))


def _mapping(like: Node, entries: list[tuple[Scalar, Node]]) -> Mapping:
    return Mapping(like.source, like.start, like.end, entries, tag=None if like.tag == OVERRIDE else like.tag)


def _keyed(node: Node) -> Mapping:
    if isinstance(node, Mapping):
        return node
    return _mapping(node, [(key, null(key) if value is None else value) for key, value in key_values(node)])


def _named(node: Node) -> Mapping:
    if isinstance(node, Mapping):
        return node
    return _mapping(node, [(key, null(key) if value is None else value) for key, value in names(node)])


def _listed(node: Node) -> Sequence:
    if isinstance(node, Sequence):
        return node
    items: list[Node] = []
    if isinstance(node, Mapping):
        for key, value in node.pairs():
            text = f"{key.text}={value.text}" if isinstance(value, Scalar) else key.text
            items.append(Scalar(node.source, key.start, max(key.end, value.end), text, PART))
    elif isinstance(node, Scalar) and not node.is_null:
        items.append(node)
    return Sequence(node.source, node.start, node.end, items)


def _build(node: Node) -> Mapping:
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Scalar) and not node.is_null:
        key = Scalar(node.source, node.start, node.start, "context", PART)
        return _mapping(node, [(key, node)])
    return _mapping(node, [])
