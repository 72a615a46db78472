"""What a schema error says, and which of several say the same (floor 1)."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple, TypeAlias

from kubelint.tree.node import Node

Path: TypeAlias = tuple[str | int, ...]


class Fault(Enum):
    """What is wrong with a place of a document."""

    UNKNOWN_FIELD = "unknown field"
    MISSING_FIELD = "missing field"
    WRONG_TYPE = "wrong type"
    WRONG_VALUE = "wrong value"


class SchemaError(NamedTuple):
    """One error of a document.

    ``node``: the value to blame; the key of an UNKNOWN_FIELD; for a MISSING_FIELD the key of the mapping that
    lacks it, or that mapping where it has no key (the root, the item of a list). ``path``: keys and positions
    from the root, its last step is the field in question, also where that is missing. ``name``: the field's
    name. ``expected``, ``actual``: words to go behind "expected" and "found". ``candidates``: the fields or
    values that are near misses, nearest first. ``allowed``: the fields that the mapping may have, where a
    field is unknown or missing.
    """

    fault: Fault
    node: Node
    path: Path
    name: str
    expected: str
    actual: str
    candidates: list[str]
    allowed: tuple[str, ...] = ()


def settled(found: list[SchemaError]) -> list[SchemaError]:
    """Return errors in the order of the text, each once, and none that only repeats another one.

    A value of the wrong type breaks every other rule about it too; a misspelt field is also a missing one.
    """
    mistyped = {error.path for error in found if error.fault is Fault.WRONG_TYPE}
    unknown = [error for error in found if error.fault is Fault.UNKNOWN_FIELD]
    meant = {(error.path[:-1], name) for error in unknown for name in error.candidates}
    kept: dict[tuple[Fault, Path], SchemaError] = {}
    for error in found:
        repeats = error.fault is Fault.WRONG_VALUE and error.path in mistyped
        misspelt = error.fault is Fault.MISSING_FIELD and (error.path[:-1], error.name) in meant
        if not repeats and not misspelt:
            kept.setdefault((error.fault, error.path), error)
    return sorted(kept.values(), key=lambda error: error.node.start)
