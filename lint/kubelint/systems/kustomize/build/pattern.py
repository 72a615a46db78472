"""Regular expressions of kustomizations, matched in linear time.

They come from the repository under check. Python's engine backtracks, and a pattern could keep it busy for ever; the
one of the schema validator does not, and has the syntax of Go's nearly to the letter. Most patterns are plain names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_PLAIN = re.compile(r"[A-Za-z0-9_/:@ -]*\Z")
_SIMPLE = re.compile(r"[A-Za-z0-9_/:@ -]*(?:\.\*)?\Z")

#: What has a brace of its own, or a brace that begins no repetition: Go takes such a one for itself, as in ``${NAME}``.
_BRACE = re.compile(r"\\[pPx]\{[^}]*\}|\\.|(?P<brace>\{(?!\d+(?:,\d*)?\}))", re.DOTALL)

Matcher = Callable[[str], bool]


@lru_cache(maxsize=4096)
def matcher(pattern: str) -> Matcher | None:
    """Return what tells whether the pattern is found anywhere in a text; None for a pattern that is none."""
    if _PLAIN.match(pattern):
        return lambda text: pattern in text
    return _compiled(pattern)


@lru_cache(maxsize=4096)
def whole(pattern: str) -> Matcher | None:
    """Return what tells whether a whole text matches; None for a pattern that is none."""
    if _PLAIN.match(pattern):
        return lambda text: text == pattern
    if _SIMPLE.match(pattern):
        start = pattern[:-2]
        return lambda text: text.startswith(start) and "\n" not in text
    return _compiled(f"^(?:{pattern})$")


def _compiled(pattern: str) -> Matcher | None:
    from jsonschema_rs import Draft202012Validator, RegexOptions

    pattern = _BRACE.sub(lambda found: found[0] if found["brace"] is None else "\\{", pattern)
    try:
        validator = Draft202012Validator({"pattern": pattern}, pattern_options=RegexOptions())
    except ValueError:
        return None
    return validator.is_valid
