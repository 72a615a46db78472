"""Conditions (``trigger``, ``when``) as Drone's decoder takes them.

The decoder ignores what it does not understand, and an empty condition matches everything: a guard that is written
wrongly is no guard. Source: ``Condition.UnmarshalYAML`` of drone-yaml and of runner-go.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kubelint.suggest import nearest
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint_schemas import drone as pack

_PARTS = ("include", "exclude")
_LISTED = ("event", "status")
#: Of Drone 0.x: names and values instead of patterns.
_MATRIX = "matrix"
#: What makes a value a glob, which may match a value that is not written out.
_GLOB = frozenset("*?[{\\")


class ConditionFault(Enum):
    """What is wrong with a part of a condition."""

    #: A mapping without ``include`` and ``exclude``: the condition is empty.
    NO_PART = "neither include nor exclude"
    #: A key beside ``include`` and ``exclude``: its patterns are lost.
    UNKNOWN_PART = "unknown key"
    #: ``include`` or ``exclude`` is no list: it is dropped.
    NO_LIST = "no list"
    #: An entry of a list is a mapping or a list: it is dropped.
    NO_PATTERN = "no pattern"
    #: A value that no build has.
    UNKNOWN_VALUE = "unknown value"


class ConditionProblem(NamedTuple):
    """One mistake: ``node`` is the value or the key to blame, ``candidates`` what was probably meant.

    ``matches_all`` says that nothing is left of the condition, so that it lets everything pass.
    """

    fault: ConditionFault
    condition: Condition
    node: Node
    part: str = "include"
    candidates: tuple[str, ...] = ()
    matches_all: bool = False


class Condition:
    """One field of ``trigger`` or ``when``: the patterns of which one must match, and those of which none may."""

    __slots__ = ("exclude", "include", "key", "node", "owner")

    def __init__(self, owner: str, key: Scalar, node: Node) -> None:
        self.owner = owner
        self.key = key
        self.node = node
        self.include: list[Scalar] = []
        self.exclude: list[Scalar] = []
        if isinstance(node, Scalar):
            if not node.is_null:
                self.include.append(node)
        elif isinstance(node, Sequence):
            self.include += _patterns(node)
        else:
            self.include += _patterns(node.get("include"))
            self.exclude += _patterns(node.get("exclude"))

    @property
    def field(self) -> str:
        """The field that it looks at, such as ``branch``."""
        return self.key.text

    def problems(self) -> Iterator[ConditionProblem]:
        """Yield what the decoder loses in silence, and values that no build has."""
        if self.field == _MATRIX:
            return
        if isinstance(self.node, Mapping):
            yield from self._shape(self.node)
        elif isinstance(self.node, Sequence):
            yield from self._entries(self.node, "include")
        if self.field in _LISTED:
            known = pack.values(self.field)
            for part, patterns in (("include", self.include), ("exclude", self.exclude)):
                for pattern in patterns:
                    if pattern.text not in known and not pattern.opaque and not _GLOB & set(pattern.text):
                        near = tuple(nearest(pattern.text, known))
                        yield ConditionProblem(ConditionFault.UNKNOWN_VALUE, self, pattern, part, near)

    def _shape(self, node: Mapping) -> Iterator[ConditionProblem]:
        empty = not self.include and not self.exclude
        if not any(part in node for part in _PARTS) and not node.entries:
            yield ConditionProblem(ConditionFault.NO_PART, self, node, matches_all=True)
        for key, value in node.pairs():
            if key.opaque:
                continue
            if key.text not in _PARTS:
                near = tuple(nearest(key.text, _PARTS))
                yield ConditionProblem(ConditionFault.UNKNOWN_PART, self, key, key.text, near, empty)
            elif isinstance(value, Sequence):
                yield from self._entries(value, key.text)
            elif not (isinstance(value, Scalar) and (value.is_null or value.opaque)):
                yield ConditionProblem(ConditionFault.NO_LIST, self, value, key.text, matches_all=empty)

    def _entries(self, node: Sequence, part: str) -> Iterator[ConditionProblem]:
        empty = not self.include and not self.exclude
        for item in node.children:
            if not isinstance(item, Scalar):
                yield ConditionProblem(ConditionFault.NO_PATTERN, self, item, part, matches_all=empty)


def conditions(node: Node | None, owner: str) -> list[Condition]:
    """Return the conditions of a ``trigger`` or ``when``; none where it is no mapping."""
    if not isinstance(node, Mapping):
        return []
    return [Condition(owner, key, value) for key, value in node.pairs()]


def _patterns(node: Node | None) -> list[Scalar]:
    return [] if node is None else [item for item in node.items() if isinstance(item, Scalar)]
