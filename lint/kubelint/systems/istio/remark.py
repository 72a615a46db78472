"""What is said about an object in the light of others: where, in which words, and how bad it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.finding import Fix, Safety, Severity
from kubelint.graph.model import Entity
from kubelint.source import TextEdit
from kubelint.tree.node import Node, Scalar


class Remark(NamedTuple):
    """One thing to report.

    ``node`` is the very scalar; ``headline``, ``label``, ``help`` and ``note`` are the words of the finding;
    ``severity`` overrides that of the rule; ``path`` are the objects that lead to it; ``candidates`` are what may have
    been meant by the value.
    """

    node: Node
    headline: str
    label: str
    help: str | None = None
    related: tuple[tuple[Node | Entity, str], ...] = ()
    severity: Severity | None = None
    path: tuple[Entity, ...] = ()
    note: str | None = None
    candidates: tuple[str, ...] = ()

    @property
    def fix(self) -> Fix | None:
        """The edit that puts the one candidate in the place of the value; None where there are none or several."""
        return meant_instead(self.node, self.candidates)


def meant_instead(node: Node, candidates: tuple[str, ...]) -> Fix | None:
    """Return the edit that puts the one candidate in the place of a value; None where there are none or several."""
    if len(candidates) != 1 or not isinstance(node, Scalar):
        return None
    edit = TextEdit(node.part(0, len(node.text)), candidates[0])
    return Fix(f"write `{candidates[0]}`", (edit,), Safety.UNSAFE)


Remarks = Iterator[Remark]
