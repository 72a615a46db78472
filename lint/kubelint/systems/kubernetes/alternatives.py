"""Which objects of a unit are applied together, so that they can be in each other's way.

The files of a plain folder need not be applied together. Those that define the same object differently are
alternatives, and so are the files of folders of examples and tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from kubelint.graph.model import Key, Resource, Unit
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import ConfigurationFile, KubernetesObject

T = TypeVar("T", bound=Resource)

#: Folders whose files show one thing each.
_EXAMPLE_FOLDERS = frozenset(
    {
        "demo", "demos", "doc", "docs", "example", "examples", "fixture", "fixtures", "sample", "samples", "test",
        "testdata", "tests", "tutorial", "tutorials",
    }
)  # fmt: skip


def together(graph: Graph, one: Resource, other: Resource) -> bool:
    """Tell whether two objects are applied together for all that can be known."""
    if one.unit is not other.unit or one.key == other.key:
        return False
    left, right = one.root.source, other.root.source
    if left is right or _applied_as_one(one.unit):
        return True
    if _shows_examples(one.unit):
        return False
    shared = _shared_objects(graph, one.unit)
    here, there = shared.get(id(left)), shared.get(id(right))
    if here is None or there is None:
        return True
    return all(there.get(key, text) == text for key, text in here.items())


def side_by_side(graph: Graph, items: Iterable[T]) -> list[T]:
    """Return those of the objects that are all applied together: the first of each set of alternatives.

    Objects of other units than the first one are left out. Linear, but for the files that are alternatives.
    """
    chosen: list[T] = []
    keys: set[Key] = set()
    files: dict[int, T] = {}
    for item in items:
        if item.key in keys or (chosen and item.unit is not chosen[0].unit):
            continue
        file = id(item.root.source)
        if file not in files:
            # Only files that define something which another one defines as well can be alternatives of each other.
            rivals = files.values() if _may_be_alternative(graph, item) else ()
            if not all(together(graph, other, item) for other in rivals):
                continue
            if files and _shows_examples(item.unit) and not _applied_as_one(item.unit):
                continue
            files[file] = item
        keys.add(item.key)
        chosen.append(item)
    return chosen


def _may_be_alternative(graph: Graph, item: Resource) -> bool:
    return not _applied_as_one(item.unit) and id(item.root.source) in _shared_objects(graph, item.unit)


def _applied_as_one(unit: Unit) -> bool:
    return unit.kind != "directory" or unit.closed


def defined_before(graph: Graph, item: KubernetesObject) -> KubernetesObject | None:
    """Return the object that an object of a plain folder defines once more; None where it does not.

    Within one file the last definition wins; so it does between the files of a folder that the configuration calls
    closed. Other units (kustomizations) have rules of their own for this.
    """
    if item.unit.kind != "directory":
        return None
    for other in _definitions(graph, item.unit).get(item.key, ()):
        if other is item:
            return None
        if other.root.source is item.root.source or (item.unit.closed and _text(other) != _text(item)):
            return other
    return None


def _definitions(graph: Graph, unit: Unit) -> dict[Key, list[KubernetesObject]]:
    """Return the objects of a unit by their identity, where they have a name of their own."""

    def collect() -> dict[Key, list[KubernetesObject]]:
        found: dict[Key, list[KubernetesObject]] = {}
        for item in unit.resources:
            if isinstance(item, KubernetesObject) and not isinstance(item, ConfigurationFile):
                name = item.name_node
                if name is not None and name.text and not name.opaque:
                    found.setdefault(item.key, []).append(item)
        return found

    return graph.once(("definitions", id(unit)), collect)


def _shared_objects(graph: Graph, unit: Unit) -> dict[int, dict[Key, str]]:
    """Return, for each file with an object that another file defines as well, those objects and their texts."""

    def collect() -> dict[int, dict[Key, str]]:
        found: dict[int, dict[Key, str]] = {}
        for key, items in _definitions(graph, unit).items():
            if len({id(item.root.source) for item in items}) > 1:
                for item in items:
                    found.setdefault(id(item.root.source), {})[key] = _text(item)
        return found

    return graph.once(("shared objects", id(unit)), collect)


def _text(item: KubernetesObject) -> str:
    return item.root.source.text[item.root.start : item.root.end].strip()


def _shows_examples(unit: Unit) -> bool:
    return not _EXAMPLE_FOLDERS.isdisjoint(unit.path.lower().split("/"))
