"""The variables that Drone gives to a build: for substitution (``${NAME}``) and to each step's environment."""

from __future__ import annotations

from functools import cache
from typing import Any

from kubelint_schemas.data import read_json


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_json(__file__, "variables.json")
    return data


@cache
def build_variables() -> frozenset[str]:
    """Return the variables of build, repository, stage and system: those that substitution knows."""
    return frozenset(_data()["build"])


@cache
def known_variables() -> frozenset[str]:
    """Return all variables that a step may find in its environment, and those that Drone's own tools read."""
    return frozenset((*_data()["build"], *_data()["step"], *_data()["tools"]))


def free_text(name: str) -> str | None:
    """Return what a variable holds, in words, if anybody who commits may write anything into it; else None."""
    found: str | None = _data()["free-text"].get(name)
    return found


def ref_text(name: str) -> str | None:
    """Return what a variable holds, in words, if it is a name that git restricts but a shell does not; else None."""
    found: str | None = _data()["refs"].get(name)
    return found
