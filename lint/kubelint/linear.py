"""Regular expressions of the repository under check, matched in linear time (floor 0).

Python's engine backtracks, so that a pattern could keep it busy for ever. The standard engine of the schema validator
does not: it is Rust's ``regex``, of the same family as Go's, which the API server uses.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache


@lru_cache(maxsize=4096)
def searcher(pattern: str) -> Callable[[str], bool] | None:
    """Return what tells whether the pattern is found anywhere in a text; None for one that cannot be run so."""
    from jsonschema_rs import Draft202012Validator, RegexOptions  # only schemas with patterns pay for it

    try:
        return Draft202012Validator({"pattern": pattern}, pattern_options=RegexOptions()).is_valid
    except ValueError:
        return None
