"""How much a rule may compare: where each of many things is held against many others, somebody counts (floor 0).

Indexes make rules linear in what people write. A repository can be laid out so that they do not help: thousands of
quotas in one namespace, thousands of policies for the same pods. Steps are counted and not seconds, so that a run
says the same each time; whoever runs the rules says where one has stopped.
"""

from __future__ import annotations

#: About ten seconds of the rules that compare most.
MOST_STEPS = 4_000_000


class EffortError(Exception):
    """A rule has made all the steps that it may make."""


class Effort:
    """Counts the steps of one rule after the other; without :meth:`begin` nothing is bounded."""

    def __init__(self) -> None:
        self._left: int | None = None

    def begin(self, most: int | None = None) -> None:
        """Let the next rule make so many steps."""
        self._left = MOST_STEPS if most is None else most

    def end(self) -> None:
        """Bound nothing any more."""
        self._left = None

    def spend(self, steps: int) -> None:
        """Count steps, some two microseconds each; raises EffortError where there were too many."""
        if self._left is not None:
            self._left -= steps
            if self._left < 0:
                raise EffortError
