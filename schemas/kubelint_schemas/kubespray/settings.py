"""What kubespray's variables may be set to, by release: values, forms, defaults, and names that are gone.

Source: ``roles/validate_inventory``, ``roles/kubernetes/preinstall`` (``verify-settings``), the ``check.yml`` of the
network plugins, ``roles/kubespray_defaults`` and ``inventory/sample`` of the releases v2.8.0 to v2.31.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

from kubelint_schemas.data import read_json
from kubelint_schemas.kubespray import Release, parse

Condition = Mapping[str, tuple[str, ...]]
#: In a condition: set to whatever it is, but not empty.
ANYTHING = "*"


class Choice(NamedTuple):
    """A value of a setting: since which release (None: always) and until which, exclusive (None: still)."""

    value: str
    since: Release | None = None
    until: Release | None = None

    def known_in(self, oldest: Release, newest: Release) -> bool:
        """Tell whether one of the releases from ``oldest`` to ``newest`` knows the value."""
        return (self.since is None or self.since <= newest) and (self.until is None or oldest < self.until)


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable that kubespray checks. ``form`` is ``boolean``, ``mask`` or empty.

    ``defaults`` are (release from which it holds, default) pairs, a default of None is not known; ``only_if`` the
    settings under which kubespray looks at the variable at all; ``described`` what it must be, for sentences.
    """

    name: str
    choices: tuple[Choice, ...] = ()
    form: str = ""
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    described: str = ""
    defaults: tuple[tuple[Release, str | None], ...] = ()
    only_if: Condition = field(default_factory=dict)
    until: Release | None = None

    def knows(self, value: str) -> bool:
        """Tell whether any release takes the value; always where the values are not listed."""
        return not self.choices or any(choice.value == value for choice in self.choices)

    def default(self, oldest: Release, newest: Release) -> str | None:
        """Return the default that holds in all releases from ``oldest`` to ``newest``; None where there is none."""
        return self._default(oldest) if self._default(oldest) == self._default(newest) else None

    def _default(self, release: Release) -> str | None:
        found = None
        for since, value in self.defaults:
            if since <= release:
                found = value
        return found


class Removed(NamedTuple):
    """A variable that kubespray no longer reads: since when, what took its place, and whether kubespray stops.

    ``same_value``: the new variable takes the same values, so that to rename it is enough.
    """

    name: str
    since: Release
    instead: str | None
    fatal: bool
    same_value: bool
    only_if: Condition


@cache
def settings() -> Mapping[str, Setting]:
    """Return the settings by the names of their variables."""
    data: dict[str, dict[str, Any]] = read_json(__file__, "settings.json")
    return MappingProxyType({name: _setting(name, entry) for name, entry in data.items()})


@cache
def known_names() -> frozenset[str]:
    """Return the names of the variables that an inventory is known to set, of all releases."""
    return frozenset({*_variables()["names"], *settings(), *removed()})


@cache
def removed() -> Mapping[str, Removed]:
    """Return the variables that are gone, by name."""
    return MappingProxyType(
        {
            name: Removed(
                name,
                parse(entry["in"]),
                entry.get("instead"),
                entry.get("fatal", False),
                entry.get("same_value", False),
                _condition(entry),
            )
            for name, entry in _variables()["removed"].items()
        }
    )


@cache
def _variables() -> dict[str, Any]:
    data: dict[str, Any] = read_json(__file__, "variables.json")
    return data


def _setting(name: str, entry: Mapping[str, Any]) -> Setting:
    default = entry.get("default")
    by_release = default if isinstance(default, dict) else {"0.0": default}
    return Setting(
        name,
        choices=tuple(
            Choice(value, *(None if key not in span else parse(span[key]) for key in ("since", "until")))
            for value, span in entry.get("values", {}).items()
        ),
        form=entry.get("form", ""),
        pattern=entry.get("pattern"),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        described=entry.get("described", ""),
        defaults=tuple((parse(since), value) for since, value in by_release.items()),
        only_if=_condition(entry),
        until=None if "until" not in entry else parse(entry["until"]),
    )


def _condition(entry: Mapping[str, Any]) -> Condition:
    return MappingProxyType({name: tuple(values) for name, values in entry.get("only_if", {}).items()})


class Requirement(NamedTuple):
    """Settings that need another one: ``then`` must hold, or one of ``set`` must be set, where ``when`` holds.

    ``stops``: a check of kubespray says so and stops; otherwise the cluster comes up and does not work.
    """

    when: Condition
    then: Condition
    set: tuple[str, ...]
    since: Release | None
    stops: bool


@cache
def requirements() -> tuple[Requirement, ...]:
    """Return what settings ask of each other."""
    data: list[dict[str, Any]] = read_json(__file__, "requirements.json")
    return tuple(
        Requirement(
            {name: tuple(values) for name, values in entry["if"].items()},
            {name: tuple(values) for name, values in entry.get("then", {}).items()},
            tuple(entry.get("set", ())),
            None if "since" not in entry else parse(entry["since"]),
            entry.get("stops", False),
        )
        for entry in data
    )
