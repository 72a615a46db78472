"""Problems of reading: what a reader could not understand, instead of an exception.

A reader returns the part that it understood plus its problems; rules turn problems into findings, so that they can be
selected, suppressed and explained like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from kubelint.source import Span


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a text that its reader could not take as it stands.

    ``message`` is a headline without full stop; ``span`` the place; ``related`` a second place with its label.
    """

    message: str
    span: Span
    related: tuple[Span, str] | None = None
    help: str | None = None


class SyntaxProblem(Problem):
    """The text does not parse; what depends on the part that was lost is unknown, not missing."""

    __slots__ = ()


class DuplicateKey(Problem):
    """A key stands twice in one mapping."""

    __slots__ = ()


class BoundExceeded(Problem):
    """A size, depth or expansion bound was reached; ``help`` names the option that raises it."""

    __slots__ = ()


class Undecodable(Problem):
    """Bytes that are not text in any accepted encoding, or a file that could not be read at all."""

    __slots__ = ()
