"""Near misses: the nearest existing name, for ``did you mean`` (floor 0)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_WORDS = re.compile(r"[-_./]")
_DIGITS = re.compile(r"\d+")
#: What is longer is no name that somebody misspelt: comparing it is as much work as reading the file.
_LONGEST_NAME = 1_000


def distance(one: str, other: str, limit: int) -> int:
    """Return the edit distance (insert, delete, replace, swap of neighbours), or ``limit + 1`` where it is larger."""
    if one == other:
        return 0
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        older, before, row = before, row, [i] + [0] * len(other)
        for j, right in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row[j] = cost
        if min(row) > limit:
            return limit + 1
    return row[-1] if row[-1] <= limit else limit + 1


def tolerance(name: str) -> int:
    """Return how many edits still count as a slip of the finger for a name of this length."""
    length = len(name)
    if length <= 2:
        return 0
    return 1 if length <= 5 else 2


def is_near(one: str, other: str) -> bool:
    """Tell whether two different names are probably meant to be the same.

    Names that differ only in a number (``web-1``, ``web-2``; ``v1``, ``v2``) are siblings, not slips; names that
    differ only in case, dashes, dots or underscores are slips whatever their length.
    """
    if one == other or len(one) > _LONGEST_NAME or len(other) > _LONGEST_NAME:
        return False
    if _folded(one) == _folded(other):
        return True
    if _letters(one) == _letters(other):
        return False
    left, right = _WORDS.split(one.lower()), _WORDS.split(other.lower())
    if len(left) == len(right) > 1:
        # Word by word, so that `us-east` and `us-west`, `app-a` and `app-b` stay what they are: siblings.
        return all(a == b or _slip(a, b) for a, b in zip(left, right, strict=True))
    return _slip(one.lower(), other.lower())


def nearest(name: str, candidates: Iterable[str], most: int = 3) -> list[str]:
    """Return at most ``most`` candidates that are near misses of the name, nearest first.

    Many candidates are not compared one by one: a file may ask for thousands of names among thousands of others.
    """
    if len(name) > _LONGEST_NAME:
        return []
    known = frozenset(candidates)
    return _index(known).nearest(name, most) if len(known) > MANY_NAMES else _nearest(name, known, most)


def _nearest(name: str, candidates: Iterable[str], most: int) -> list[str]:
    scored = [
        (distance(name.lower(), candidate.lower(), 4), candidate)
        for candidate in candidates
        if is_near(name, candidate)
    ]
    return [candidate for _, candidate in sorted(scored)[:most]]


@lru_cache(maxsize=8)
def _index(names: frozenset[str]) -> NameIndex:
    return NameIndex(names)


class NameIndex:
    """Names prepared for many questions: ``nearest`` without comparing each name with each.

    Two edits leave one of three parts of a name as it is, so only names are compared that share a part with the one
    asked for, at nearly the same place. Few names are compared directly. At most :data:`MOST_COMPARED` are, so that a
    hostile file full of alike names stays cheap; beyond that a near miss may be overlooked, never invented.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = set(names)
        self._parts: dict[tuple[int, int, str], list[str]] | None = None
        self._folded: dict[str, list[str]] = {}

    def nearest(self, name: str, most: int = 3) -> list[str]:
        """Return at most ``most`` names that are near misses of the one given, nearest first."""
        if len(self.names) <= FEW_NAMES:
            return _nearest(name, self.names, most)
        return _nearest(name, self._candidates(name), most)

    def _candidates(self, name: str) -> set[str]:
        if self._parts is None:
            self._parts = {}
            for known in sorted(self.names):
                self._folded.setdefault(_folded(known), []).append(known)
                lower = known.lower()
                for start, end in _thirds(len(lower)):
                    self._parts.setdefault((len(lower), start, lower[start:end]), []).append(known)
        found: set[str] = set(self._folded.get(_folded(name), ())[:MOST_COMPARED])
        lower = name.lower()
        for length in range(len(lower) - 2, len(lower) + 3):
            for start, end in _thirds(length):
                for shifted in range(max(0, start - 2), start + 3):
                    part = lower[shifted : shifted + end - start]
                    found.update(self._parts.get((length, start, part), ())[: MOST_COMPARED - len(found)])
                    if len(found) >= MOST_COMPARED:
                        return found
        return found


FEW_NAMES = 64
MANY_NAMES = 300
MOST_COMPARED = 256


def _thirds(length: int) -> list[tuple[int, int]]:
    if length < 3:
        return []
    first, second = length // 3, 2 * length // 3
    return [(0, first), (first, second), (second, length)]


def did_you_mean(names: list[str]) -> str:
    """Return ``did you mean `a`?`` for the nearest names, or an empty string."""
    if not names:
        return ""
    quoted = [f"`{name}`" for name in names]
    joined = quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]
    return f"did you mean {joined}?"


#: Short forms that people mix with the long ones.
_SHORT_FORMS = (
    frozenset({"cfg", "conf", "config", "configs", "configuration"}),
    frozenset({"svc", "service", "services"}),
    frozenset({"db", "database"}),
    frozenset({"dep", "deploy", "deployment"}),
    frozenset({"cm", "configmap"}),
    frozenset({"sa", "serviceaccount"}),
    frozenset({"env", "environment"}),
    frozenset({"msg", "message", "messages"}),
)
_FORM = {word: number for number, forms in enumerate(_SHORT_FORMS) for word in forms}


def _slip(one: str, other: str) -> bool:
    if one in _FORM and _FORM[one] == _FORM.get(other):
        return True
    limit = min(tolerance(one), tolerance(other))
    return limit > 0 and distance(one, other, limit) <= limit


def _folded(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "").replace(".", "")


def _letters(name: str) -> str:
    return _DIGITS.sub("", name)
