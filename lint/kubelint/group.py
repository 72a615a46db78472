"""What a rule is called, what kind of statement it makes and what its page consists of (floor 0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Group(Enum):
    """What kind of statement a rule makes. The first two are on by default."""

    CORRECTNESS = "correctness"
    SUSPICIOUS = "suspicious"
    SECURITY = "security"
    RELIABILITY = "reliability"
    DEPRECATION = "deprecation"
    DRIFT = "drift"
    STYLE = "style"


DEFAULT_GROUPS = frozenset({Group.CORRECTNESS, Group.SUSPICIOUS})


def sections_of(page: str) -> Iterator[tuple[str, str]]:
    """Yield heading and text of each ``##`` section of a manual page."""
    parts = re.split(r"^## +(.+)$", page, flags=re.MULTILINE)
    for heading, text in zip(parts[1::2], parts[2::2], strict=True):
        yield heading.strip(), text.strip()


def slug_of(class_name: str) -> str:
    """Return the name of a rule that its class has: ``RetriesNeverFit`` is ``retries-never-fit``."""
    return _WORDS.sub("-", class_name).lower().replace("_", "-")
