"""Near misses at a bounded price.

Comparing every unknown name with every known one is quadratic, so a file of a hostile size could make a check take
minutes. Past the budget names are still unknown or missing, only nobody says what was probably meant.
"""

from __future__ import annotations

from collections.abc import Collection

from kubelint.suggest import nearest

#: Some two seconds of comparing; a repository of a thousand steps with a slip in each tenth needs a tenth of it.
COMPARISONS = 100_000


class Nearness:
    """A budget of comparisons that the links of one repository share."""

    def __init__(self, comparisons: int = COMPARISONS) -> None:
        self._left = comparisons

    def nearest(self, name: str, candidates: Collection[str]) -> list[str]:
        """Return the candidates that are near misses of the name, nearest first; none once the budget is spent."""
        if len(candidates) > self._left:
            return []
        self._left -= len(candidates)
        return nearest(name, candidates)
