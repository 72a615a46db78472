"""Strategic merge patches, as kustomize applies them (``kyaml/yaml/merge2``, ``walk``).

Mappings are merged, null deletes, ``$patch`` deletes or replaces; lists are replaced, except those that the types of
Kubernetes 1.21 merge by keys: there the items of the patch come first. An object whose kind is not among these types
has no lists that are merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kubelint.systems.kustomize.build.edit import drop, is_null, put, replacing, restyled, with_entries, with_items
from kubelint.systems.kustomize.build.error import BuildError
from kubelint.systems.kustomize.build.identity import text
from kubelint.systems.kustomize.build.watch import MergeWatch
from kubelint.tree.made import MadeScalar
from kubelint.tree.node import Mapping, Node, Scalar, Sequence

_DIRECTIVE = "$patch"
_DELETE, _REPLACE, _MERGE = "delete", "replace", "merge"
#: Beyond so many items nothing is filled in, because comparing each with each takes the square.
_MOST_JOINED = 1000


@dataclass(frozen=True, slots=True)
class MergeTypes:
    """By which keys lists are merged, kind by kind: the content of ``merge-keys.json`` or what ``openapi`` says."""

    kinds: dict[str, int]
    types: list[dict[str, Any]]

    def of(self, api_version: str, kind: str) -> int | None:
        """Return the type of an object; None where nothing of it is merged."""
        return self.kinds.get(f"{api_version} {kind}")

    def field(self, number: int | None, name: str) -> tuple[list[str] | None, int | None]:
        """Return the keys of a field (None: a list is replaced) and the type of its value or of its items."""
        found = None if number is None else self.types[number].get(name)
        if isinstance(found, list):
            return found[0], found[1]
        return None, found


def merge(target: Mapping, patch: Mapping, types: MergeTypes, watch: MergeWatch | None = None) -> Mapping | None:
    """Return the target with the patch applied; None where the patch deletes it. Raises BuildError.

    ``watch`` is shown each list that the patch changes.
    """
    if text(patch.get(_DIRECTIVE)) == _REPLACE:
        return target  # kustomize replaces the object and then keeps the old one, which it does not mean but does
    number = types.of(text(target.get("apiVersion")), text(target.get("kind")))
    if number is None:
        number = types.of(text(patch.get("apiVersion")), text(patch.get("kind")))
    result = _Merger(types, watch, text(target.get("kind"))).walk(target, patch, None, number)
    return result if isinstance(result, Mapping) else None


class _Merger:
    def __init__(self, types: MergeTypes, watch: MergeWatch | None, kind: str) -> None:
        self.types = types
        self.watch = watch
        self.kind = kind

    def walk(
        self, target: Node | None, patch: Node | None, keys: list[str] | None, number: int | None, name: str = ""
    ) -> Node | None:
        """Merge two nodes of one field; None where the field goes."""
        first = next((node for node in (target, patch) if not is_null(node)), None)
        if isinstance(first, Sequence):
            _check(Sequence, target, patch)
            return self._list(target, patch, keys, number, name)
        if isinstance(first, Scalar):
            _check(Scalar, target, patch)
            return target if patch is None else replacing(patch, target)
        _check(Mapping, target, patch)
        return self._mapping(target, patch, number)

    # -- mappings --------------------------------------------------------------------------------------------------

    def _mapping(self, target: Node | None, patch: Node | None, number: int | None) -> Node | None:
        if is_null(target):
            if patch is None and isinstance(target, Scalar) and target.text:
                return target  # a null that is written out stays
            if not isinstance(patch, Mapping):
                return None
            directive = text(patch.get(_DIRECTIVE))
            if directive == _DELETE:
                return None
            if directive in (_REPLACE, _MERGE):
                patch = drop(patch, _DIRECTIVE)
            return self._fields(patch, patch, number)
        assert isinstance(target, Mapping)  # noqa: S101 - checked by the caller
        if patch is None:
            return self._fields(target, None, number)
        if not isinstance(patch, Mapping):
            return None
        directive_node = patch.get(_DIRECTIVE)
        if directive_node is not None:
            directive = _known(directive_node)
            if directive == _DELETE:
                return None
            patch = drop(patch, _DIRECTIVE)
            if directive == _REPLACE:
                return self._fields(patch, patch, number)
        return self._fields(target, patch, number)

    def _fields(self, target: Mapping, patch: Mapping | None, number: int | None) -> Mapping:
        entries: list[tuple[Scalar, Node]] = []
        changed = False
        for name, (key, value) in target.index.items():
            keys, inner = self.types.field(number, name)
            other = None if patch is None else patch.get(name)
            merged = value if other is None and _plain(value) else self.walk(value, other, keys, inner, name)
            if merged is None or (is_null(merged) and not _kept(merged, value, other)):
                changed = True
                continue
            if merged is not value:
                merged = restyled(value, merged)
                changed = True
            entries.append((key, merged))
        if patch is not None and patch is not target:
            for name, (key, value) in patch.index.items():
                if name not in target:
                    keys, inner = self.types.field(number, name)
                    merged = self.walk(None, value, keys, inner)
                    if merged is not None and not is_null(merged):
                        entries.append((key, merged))
                        changed = True
        return with_entries(target, entries) if changed else target

    # -- lists -----------------------------------------------------------------------------------------------------

    def _list(
        self, target: Node | None, patch: Node | None, keys: list[str] | None, number: int | None, name: str
    ) -> Node | None:
        if self.watch is not None and isinstance(target, Sequence) and isinstance(patch, Sequence):
            self._show(self.watch, target, patch, keys, name)
        if keys is None:
            return target if patch is None else patch
        if is_null(target):
            target = patch
        elif patch is not None and is_null(patch):
            return None
        elif isinstance(patch, Sequence):
            directive, patch = _list_directive(patch)
            if directive == _DELETE:
                return None
            if directive == _REPLACE:
                target = patch
        if not isinstance(target, Sequence):
            return target
        if patch is None and self._settled(target, keys, number):
            return target
        merged = _KeyedLists(self, keys or [""], number).merge(target, patch if isinstance(patch, Sequence) else None)
        return target if _same(target, merged) else merged

    def _show(self, watch: MergeWatch, target: Sequence, patch: Sequence, keys: list[str] | None, name: str) -> None:
        if keys is None:
            watch.replaced(target, patch, name, self.kind)
        elif len(keys) == 1 and keys[0] and target is not patch:
            watch.keyed(target, patch, name, keys[0])

    def _settled(self, target: Sequence, keys: list[str], number: int | None) -> bool:
        """Tell whether a list that no patch touches stays as it is: one key, each value once, and nothing to clean."""
        if len(keys) != 1 or number is not None:
            return False
        values = [text(item.get(keys[0])) for item in target.children]
        return "" not in values and len(set(values)) == len(values)


class _KeyedLists:
    """Merges two lists whose items belong together where their keys are equal; step by step as kustomize does."""

    def __init__(self, merger: _Merger, keys: list[str], number: int | None) -> None:
        self.merger = merger
        self.keys = keys
        self.number = number

    def merge(self, target: Sequence, patch: Sequence | None) -> Sequence:
        found = list(self._values([target] if patch is None else [patch, target]))
        if len(self.keys) > 1:
            found = _joined(found)
        added: list[Node] = []
        rest = list(target.children)
        used, values = self.keys, [""]
        for wanted in found:
            used, values = _valid(found, wanted, self.keys)
            old = _element(rest, *_valid([values], values, used))
            # A list that merges with itself loses on both sides what it loses on one.
            others = rest if patch is target else [] if patch is None else patch.children
            other = _element(others, *_valid([values], values, used))
            item = _named_as(self.merger.walk(old, other, None, self.number), old, used)
            if item is None or is_null(item) or (isinstance(item, Mapping) and not len(item)):
                rest = list(_without(rest, used, values))
                continue
            for key, value in zip(used, values, strict=True):
                if key and value and isinstance(item, Mapping) and key not in item:
                    item = put(item, key, MadeScalar(item, value, by=item, tag=None))
            added = _set(added, item, used, values)
            if text(None if other is None else other.get(_DIRECTIVE)) != _REPLACE:
                # An item that is to be replaced comes back with the old ones, which kustomize does not mean but does.
                rest = [item if one is old else one for one in rest]
        if not found:
            return target
        for item in rest:
            added = self._append(added, item, used)
        return with_items(target, added)

    def _values(self, sources: list[Sequence]) -> Iterator[list[str]]:
        seen: set[tuple[str, ...]] = set()
        for source in sources:
            for item in source.children:
                values = tuple(_value(item, key) for key in self.keys)
                if values not in seen:
                    seen.add(values)
                    yield list(values)

    def _append(self, items: list[Node], item: Node, keys: list[str]) -> list[Node]:
        if not keys[0]:
            return _set(items, item, keys, [text(item)])
        values: list[str] = []
        for key in keys:
            node = item.get(key)
            if node is None:
                items = [*items, item]
            else:
                values.append(text(node))
        if len(keys) > 1:
            items = list(_without(items, keys, values))
        return _set(items, item, keys, values)


def _named_as(item: Node | None, old: Node | None, keys: list[str]) -> Node | None:
    """Return a merged item with the keys of the old one: a patch repeats them only to say which item it means."""
    if isinstance(item, Mapping) and isinstance(old, Mapping):
        for key in keys:
            value = old.get(key)
            if value is not None and text(value) == text(item.get(key)):
                item = put(item, key, value)
    return item


def _value(item: Node, key: str) -> str:
    if not key:
        return text(item)
    node = item.get(key)
    return "" if is_null(node) else text(node)


def _joined(found: list[list[str]]) -> list[list[str]]:
    """Fill in what one of two lists of values lacks and the other has, where they agree on the rest."""
    for first in range(min(len(found), _MOST_JOINED)):
        for second in range(min(len(found), _MOST_JOINED)):
            values = _agreeing(found[first], found[second])
            if values is not None:
                found[first] = found[second] = values
    return found


def _agreeing(one: list[str], other: list[str]) -> list[str] | None:
    common = False
    values: list[str] = []
    for first, second in zip(one, other, strict=True):
        if first == second:
            common = True
        elif first and second:
            return None
        values.append(first or second)
    return values if common else None


def _valid(found: list[list[str]], values: list[str], keys: list[str]) -> tuple[list[str], list[str]]:
    """Return the keys that any item has, with their values; all keys where none has any."""
    known = {key for other in found for key, value in zip(keys, other, strict=False) if value}
    if not known:
        return keys, values
    return (
        [key for key in keys if key in known],
        [value for key, value in zip(keys, values, strict=False) if value or key in known],
    )


def _element(items: list[Node], keys: list[str], values: list[str]) -> Node | None:
    """Return the first item with these values."""
    for item in items:
        if not keys or not keys[0]:
            if text(item) == values[0]:
                return item
        elif isinstance(item, Mapping) and all(
            item.get(key) is not None and text(item.get(key)) == value for key, value in zip(keys, values, strict=False)
        ):
            return item
    return None


def _without(items: list[Node], keys: list[str], values: list[str]) -> Iterator[Node]:
    """Yield the items that do not have these values; an empty value is any, as kustomize takes it."""
    yield from (item for item in items if not _dropped(item) and not _is(item, keys, values))


def _set(items: list[Node], item: Node, keys: list[str], values: list[str]) -> list[Node]:
    """Return the items with those that have these values replaced by one; appended where there are none.

    An item without any of the keys takes the place of all others, which kustomize does not mean but does.
    """
    if not values:
        return [item]
    found = False
    result: list[Node] = []
    for other in items:
        if _dropped(other):
            continue
        if _is(other, keys, values):
            found = True
            result.append(item)
        else:
            result.append(other)
    return result if found else [*result, item]


def _dropped(item: Node) -> bool:
    return is_null(item) or (isinstance(item, Mapping) and not len(item))


def _is(item: Node, keys: list[str], values: list[str]) -> bool:
    if not isinstance(item, Mapping) and keys[0] and values and values[0]:
        return False
    for position, key in enumerate(keys):
        if not key:
            if not isinstance(item, Scalar) or item.text != values[position]:
                return False
            continue
        if position >= len(values):
            continue
        node = item.get(key)
        if node is None or (values[position] and text(node) != values[position]):
            return False
    return True


def _list_directive(patch: Sequence) -> tuple[str, Sequence]:
    """Return what an item ``$patch: …`` says of the whole list, and the list without it."""
    for item in patch.children:
        node = item.get(_DIRECTIVE)
        if node is None:
            continue
        if isinstance(item, Mapping) and len(item) > 1:
            return _MERGE, patch
        rest = [other for other in patch.children if text(other.get(_DIRECTIVE)) != text(node)]
        return _known(node), with_items(patch, rest)
    return _MERGE, patch


def _known(directive: Node) -> str:
    found = text(directive)
    if found not in (_DELETE, _REPLACE, _MERGE):
        raise BuildError(f"`$patch` is `delete`, `replace` or `merge`, not `{found}`", directive)
    return found


def _check(kind: type[Node], target: Node | None, patch: Node | None) -> None:
    for node in (target, patch):
        if not is_null(node) and not isinstance(node, kind):
            other = target if node is patch else patch
            message = f"a patch cannot put {_shown(node)} in the place of {_shown(other)}"
            if node is None:
                continue
            related = None if other is None else (other.span, "what it would replace")
            place = node.entries[0][0] if isinstance(node, Mapping) and node.entries else node
            raise BuildError(message, place, related)


def _shown(node: Node | None) -> str:
    return "a mapping" if isinstance(node, Mapping) else "a list" if isinstance(node, Sequence) else "a single value"


def _plain(node: Node) -> bool:
    """Tell whether merging nothing into a node leaves it as it is without looking further."""
    return isinstance(node, Scalar) and not node.is_null


def _kept(merged: Node, value: Node, patch: Node | None) -> bool:
    return patch is None and merged is value and bool(text(merged))


def _same(first: Sequence, second: Sequence) -> bool:
    return len(first) == len(second) and all(a is b for a, b in zip(first.children, second.children, strict=True))
