"""Rights that give their holder more than they say.

The facts are ``rights.json`` (kept by hand; its head names the sources).
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from kubelint_schemas.data import read_json


class Right(NamedTuple):
    """One combination of API groups, resources and verbs: any of each together give the right."""

    groups: frozenset[str]
    resources: frozenset[str]
    verbs: frozenset[str]


@cache
def rights(name: str) -> tuple[Right, ...]:
    """Return the combinations that give a right, any of which is enough; raises KeyError for an unknown one."""
    return tuple(
        Right(frozenset(entry["groups"]), frozenset(entry["resources"]), frozenset(entry["verbs"]))
        for entry in _data()["rights"][name]
    )


@cache
def all_verbs() -> frozenset[str]:
    """Return the verbs that together are as good as ``*``."""
    return frozenset(_data()["all_verbs"])


def is_own(name: str, *, cluster: bool) -> bool:
    """Tell whether clusters make a role or a binding of that name for themselves; some only without namespace."""
    data = _data()
    return (cluster and name in data["own_names"]) or name.startswith(tuple(data["own_prefixes"]))


@cache
def _data() -> Any:
    return read_json(__file__, "rights.json")
