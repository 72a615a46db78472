"""Paths inside of a repository: relative to its root, with ``/``, worked out as text (floor 1)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from kubelint.globs import affordable

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


def normalise(path: str) -> str:
    """Return a path with ``.`` and ``..`` worked out; one that leads out of the root begins with ``../``."""
    if path.startswith("/"):
        return path
    cleaned = os.path.normpath(path).replace(os.sep, "/") if path else ""
    return "" if cleaned == "." else cleaned


def join(directory: str, path: str) -> str:
    """Return the path that ``path`` means in ``directory``, normalised."""
    return normalise(f"{directory}/{path}" if directory and not path.startswith("/") else path)


def matches(path: str, patterns: Iterable[str]) -> bool:
    """Tell whether a path is named by one of the patterns, or lies in a folder that is.

    A pattern is the path itself or a glob as in an ignore file: ``**`` any depth, without a slash at any depth, with
    one from the root.
    """
    wanted = tuple(pattern.removeprefix("./") for pattern in patterns)
    for pattern in wanted:
        cleaned = pattern.strip("/")
        if path == cleaned or path.startswith(cleaned + "/"):
            return True
    globs = tuple(pattern for pattern in wanted if pattern and not pattern.startswith(("!", "#")))
    return bool(globs) and _spec(globs).match_file(path)


@lru_cache(maxsize=4096)
def _spec(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # only those who use globs pay for it

    try:
        return GitIgnoreSpec.from_lines(affordable(patterns))
    except ValueError:
        return GitIgnoreSpec.from_lines(())
