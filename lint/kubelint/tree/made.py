"""Scalars that no file holds: what a build makes of what files hold.

A rendered tree shares the nodes of its sources wherever nothing has changed. Where something has, a
:class:`MadeScalar` stands: a scalar like any other, whose span is the text that somebody would edit to get another
value, and which remembers the node that it stands for and the field that made it.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.tree.node import Node, Scalar

#: The tag of a value that is text whatever it looks like.
TEXT = "!"


class MadeScalar(Scalar):
    """A scalar made by a transformer.

    ``by`` is the field that made it (the value of ``namePrefix``, the entry of ``images``), ``replaced`` the node that
    stood there before; None where there was none.
    """

    __slots__ = ("by", "replaced")

    def __init__(
        self,
        place: Node,
        text: str,
        *,
        by: Node | None = None,
        replaced: Node | None = None,
        style: str | None = None,
        tag: str | None = TEXT,
    ) -> None:
        super().__init__(place.source, place.start, place.end, text, style, tag)
        self.by = by
        self.replaced = replaced


def history(node: Node) -> Iterator[Node]:
    """Yield a node, what it replaced, what that replaced … down to what a file holds."""
    current: Node | None = node
    while current is not None:
        yield current
        current = current.replaced if isinstance(current, MadeScalar) else None
