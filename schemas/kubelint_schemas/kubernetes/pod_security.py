"""The controls of the Pod Security Standards, and what Linux capabilities are worth.

The facts are ``pod_security.json`` (kept by hand; its head names the sources).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from kubelint_schemas.data import read_json

LEVELS = ("privileged", "baseline", "restricted")
Value: TypeAlias = str | int | bool
Version: TypeAlias = tuple[int, int]
_ALWAYS: Version = (0, 0)


class Control(NamedTuple):
    """One check of the standards.

    ``shape`` says how to look: ``value`` (a field, which ``required`` also wants to be set), ``items`` (each item of a
    list, or its field ``item``), ``contains`` (a list must have a value), ``volumes`` (types of volumes),
    ``annotations`` (those with ``prefix``). ``pod`` and ``container`` are the paths of the fields in the two
    specifications. Either ``allowed`` values (with the version that allows them) are given, or ``forbidden`` ones.
    ``rule`` is the name of the single-purpose rule for the same thing, ``set_rule`` that for a value which is set.
    """

    id: str
    title: str
    level: str
    shape: str
    since: Version
    windows_since: Version | None
    user_namespaces_since: Version | None
    pod: tuple[str, ...] | None
    container: tuple[tuple[str, ...], ...]
    item: str | None
    noun: str
    prefix: str
    allowed: tuple[tuple[Value, Version], ...] | None
    forbidden: tuple[Value, ...]
    required: bool
    overrides: frozenset[str]
    rule: str
    set_rule: str
    label: str
    help: str

    def accepts(self, value: object, version: Version) -> bool:
        """Tell whether a policy version accepts a value of the field."""
        if self.allowed is None:
            return not any(_same(value, word) for word in self.forbidden)
        return any(since <= version and _fits(value, word) for word, since in self.allowed)


@cache
def controls() -> Mapping[str, Control]:
    """Return all controls by id, in the order of the standards."""
    return MappingProxyType({entry["id"]: _control(entry) for entry in _data()["controls"]})


@cache
def active(level: str, version: Version) -> tuple[Control, ...]:
    """Return the controls that a level has in a policy version, without those that a stricter one replaces."""
    wanted = LEVELS[1 : LEVELS.index(level) + 1]
    found = [control for control in controls().values() if control.level in wanted and control.since <= version]
    replaced = {name for control in found for name in control.overrides}
    return tuple(control for control in found if control.id not in replaced)


@cache
def default_capabilities() -> frozenset[str]:
    """Return the capabilities that container runtimes give when nothing is said."""
    return frozenset(_data()["default_capabilities"])


@cache
def dangerous_capabilities() -> Mapping[str, str]:
    """Return the capabilities that lead out of the container, each with what it does as a clause."""
    return MappingProxyType(_data()["dangerous_capabilities"])


@cache
def host_paths(kind: str) -> frozenset[str]:
    """Return paths of the node: names of runtime ``sockets``, ``sensitive`` folders, what is ``harmless`` in them."""
    return frozenset(_data()["host_paths"][kind])


@cache
def _data() -> Any:
    return read_json(__file__, "pod_security.json")


def _control(entry: Mapping[str, Any]) -> Control:
    allowed = entry.get("allowed")
    return Control(
        entry["id"],
        entry["title"],
        entry["level"],
        entry["shape"],
        _version(entry.get("since")) or _ALWAYS,
        _version(entry.get("windows_since")),
        _version(entry.get("user_namespaces_since")),
        tuple(entry["pod"].split(".")) if "pod" in entry else None,
        tuple(tuple(path.split(".")) for path in entry.get("container", ())),
        entry.get("item"),
        entry.get("noun", ""),
        entry.get("prefix", ""),
        None if allowed is None else tuple(_allowed(word) for word in allowed),
        tuple(entry.get("forbidden", ())),
        entry.get("required", False),
        frozenset(entry.get("overrides", ())),
        entry["rule"],
        entry.get("set_rule", entry["rule"]),
        entry["label"],
        entry["help"],
    )


def _allowed(word: Any) -> tuple[Value, Version]:
    if isinstance(word, dict):
        return word["value"], _version(word["since"]) or _ALWAYS
    return word, _ALWAYS


def _version(text: str | None) -> Version | None:
    if text is None:
        return None
    major, _, minor = text.partition(".")
    return int(major), int(minor)


def _same(value: object, word: Value) -> bool:
    """Compare with the type: ``false`` is not 0."""
    return type(value) is type(word) and value == word


def _fits(value: object, word: Value) -> bool:
    if isinstance(word, str) and word.endswith("*"):
        return isinstance(value, str) and value.startswith(word[:-1])
    return _same(value, word)
