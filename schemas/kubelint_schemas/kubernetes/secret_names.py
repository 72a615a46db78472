"""What names of environment variables and of keys say: whether the value is a secret.

The facts are ``secret_names.json`` (kept by hand; its head names the sources and says what the lists mean).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from kubelint_schemas.data import read_json


class SecretNames(NamedTuple):
    """The lists of the file, as sets."""

    words: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    names: frozenset[str]
    harmless: frozenset[str]
    harmless_last: frozenset[str]
    placeholders: tuple[str, ...]
    references: tuple[str, ...]


@cache
def secret_names() -> SecretNames:
    """Return the lists."""
    data = read_json(__file__, "secret_names.json")
    return SecretNames(
        frozenset(data["words"]),
        frozenset((first, second) for first, second in data["pairs"]),
        frozenset(data["names"]),
        frozenset(data["harmless"]),
        frozenset(data["harmless_last"]),
        tuple(data["placeholders"]),
        tuple(data["references"]),
    )
