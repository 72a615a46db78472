"""Problems of reading: what a reader could not understand, instead of an exception.

A reader returns the part that it understood plus its problems; rules turn problems into findings, so that they can be
selected, suppressed and explained like any other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kubelint.source import Span

#: How many mistakes of one file are told: one in every line of a large file would take more memory than all else.
MOST_PROBLEMS = 10_000


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


class Problems(list[Problem]):
    """What is wrong in one file: the first :data:`MOST_PROBLEMS`, and then one that says that there are more."""

    __slots__ = ()

    def append(self, problem: Problem) -> None:
        """Add a problem, or say once where the rest begins."""
        if len(self) < MOST_PROBLEMS:
            super().append(problem)
        elif len(self) == MOST_PROBLEMS:
            message = f"more than {MOST_PROBLEMS} mistakes in this file: those from here on are not told"
            super().append(
                BoundExceeded(message, problem.span, None, "mend the first of them; this bound has no option")
            )

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add several."""
        for problem in problems:
            self.append(problem)
