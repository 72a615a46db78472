"""Which globs may be matched with an engine that backtracks (floor 0).

The globs of ignore files and of the configuration come from the repository under check. ``pathspec`` turns them into
regular expressions of Python's engine, and each further asterisk of one glob multiplies the ways in which it can fail:
``*a*a*a*a*b`` keeps that engine busy for half a minute on one name. Nobody writes such globs on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

#: How many asterisks of a glob may compete for the same text: what this costs on the longest path is milliseconds.
MOST_CHOICES = 3
#: How many patterns one ignore file may have: each is tried on each path.
MOST_PATTERNS = 10_000

_STARS = re.compile(r"\*+")


def is_affordable(glob: str) -> bool:
    """Tell whether a glob, as in an ignore file, can be matched in a time that nobody notices."""
    if glob.startswith("#"):
        return True
    segments = glob.strip().removeprefix("!").strip("/").split("/")
    anywhere = [segment for segment in segments[:-1] if segment == "**"]
    competing = sum(max(len(_STARS.findall(segment)) - 1, 0) for segment in segments)
    return len(anywhere) < MOST_CHOICES and len(anywhere) + competing <= MOST_CHOICES


def affordable(globs: Iterable[str]) -> list[str]:
    """Return the globs that are used: the affordable ones among the first :data:`MOST_PATTERNS`."""
    return [glob for glob in islice(globs, MOST_PATTERNS) if is_affordable(glob)]


def too_costly(globs: Sequence[str]) -> list[str]:
    """Return the globs that are not used."""
    return [glob for glob in globs[:MOST_PATTERNS] if not is_affordable(glob)] + list(globs[MOST_PATTERNS:])
