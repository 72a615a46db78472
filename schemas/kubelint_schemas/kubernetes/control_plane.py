"""Flags of the components of the control plane that decide about security.

The facts are ``control_plane.json`` (kept by hand; its head names the sources and says what the tests mean).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from kubelint_schemas.data import read_json

Version = tuple[int, int]


class FlagCheck(NamedTuple):
    """What must be said of one flag, or of several that belong together; ``default`` counts where it is not given."""

    flags: tuple[str, ...]
    test: str
    values: tuple[str, ...]
    default: str | None
    since: Version | None
    until: Version | None
    unless: tuple[str, ...]
    when: str | None
    label: str
    help: str

    def applies(self, version: Version) -> bool:
        """Tell whether a version of Kubernetes has the flag."""
        return (self.since is None or self.since <= version) and (self.until is None or version < self.until)


class Component(NamedTuple):
    """A program: flags that name a file with settings, the beginning of environment variables that it reads, checks."""

    name: str
    files: tuple[str, ...]
    environment: str
    checks: tuple[FlagCheck, ...]


@cache
def components() -> Mapping[str, Component]:
    """Return the components by the names of their programs."""
    data = read_json(__file__, "control_plane.json")["components"]
    return MappingProxyType(
        {
            name: Component(
                name,
                tuple(entry["files"]),
                entry["environment"],
                tuple(_check(check) for check in entry["checks"]),
            )
            for name, entry in data.items()
        }
    )


def _check(entry: Mapping[str, Any]) -> FlagCheck:
    return FlagCheck(
        tuple(entry["flags"]),
        entry["test"],
        tuple(entry.get("values", ())),
        entry.get("default"),
        _version(entry.get("since")),
        _version(entry.get("until")),
        tuple(entry.get("unless", ())),
        entry.get("when"),
        entry["label"],
        entry["help"],
    )


def _version(text: str | None) -> Version | None:
    if text is None:
        return None
    major, _, minor = text.partition(".")
    return int(major), int(minor)
