"""When API versions of built-in kinds were deprecated and removed, and what to write instead.

The facts are ``lifecycle.json`` (kept by hand; its head names the sources).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from kubelint_schemas.data import read_json


class Lifecycle(NamedTuple):
    """The end of one API version of one kind.

    ``deprecated_in``: None where it went without notice, as alpha versions may. ``removed_in``: the first
    version that does not serve it; None where no removal is planned; beyond the newest bundled version it is
    planned, not done. ``replacement``: the apiVersion to use, served since ``replacement_since``; None where
    nothing replaces it. ``replacement_kind`` differs from ``kind`` where the object itself is replaced.
    ``notes``: what else must change, as imperatives.
    """

    api_version: str
    kind: str
    deprecated_in: str | None
    removed_in: str | None
    replacement: str | None
    replacement_kind: str
    replacement_since: str | None
    notes: tuple[str, ...]


@cache
def lifecycles() -> Mapping[tuple[str, str], Lifecycle]:
    """Return (apiVersion, kind) to its lifecycle, for all that were ever deprecated or removed."""
    return MappingProxyType(
        {
            (entry["api_version"], kind): Lifecycle(
                entry["api_version"],
                kind,
                entry["deprecated_in"],
                entry["removed_in"],
                entry.get("replacement"),
                entry.get("replacement_kind", kind),
                entry.get("replacement_since"),
                tuple(entry.get("notes", ())),
            )
            for entry in read_json(__file__, "lifecycle.json")["entries"]
            for kind in entry["kinds"]
        }
    )


def lifecycle(api_version: str, kind: str) -> Lifecycle | None:
    """Return the lifecycle of a kind in an API version; None where it was neither deprecated nor removed."""
    return lifecycles().get((api_version, kind))
