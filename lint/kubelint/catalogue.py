"""What can be said of all rules without importing them (floor 6).

A run needs a few of some hundred rules, and importing the others would take longer than checking a file. The form of a
rule is fixed, so its id, what it is asked about, its severity and its group are read off its text; a module that is
written in another way is imported and asked. The file is still all there is of a rule: nothing lists them.
"""

from __future__ import annotations

import importlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.machinery import PathFinder
from inspect import cleandoc
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from kubelint.finding import Severity
from kubelint.group import Group, slug_of

if TYPE_CHECKING:
    from kubelint.rule import Rule

BUILTIN_PACK = "kubelint_rules"

_RULE = re.compile(
    r"class (?P<name>\w+)\(Rule\[(?:\w+\.)*(?P<subject>\w+)(?:\[[^\n]*\])?\]\):\n"
    r"    \"\"\"(?P<summary>[^\n]*?)(?P<one_line>\"\"\")?\n"
)
_CLASS = re.compile(r"class \w+\([^\n]*\bRule\b")
_ATTRIBUTE = re.compile(
    r"^    (?:severity = Severity\.(?P<severity>\w+)|group = Group\.(?P<group>\w+)"
    r"|fixable = (?P<fixable>True|False)|alone = (?P<alone>True|False)|since = \"(?P<since>[^\"\n]*)\")$",
    re.MULTILINE,
)
_NAMES = re.compile(
    r"^    (?P<what>keys|beside|references) = (?:References\()?\((?P<names>(?:\s*\"[^\"\n]+\",?)+)\s*\)", re.MULTILINE
)
_OPTIONS = re.compile(r"^    (?:class )?Options\b", re.MULTILINE)


class RuleEntry(NamedTuple):
    """What a rule says of itself; has the names of :class:`kubelint.rule.Rule` for it.

    ``name`` is its id, ``subject`` the name of the class that it is asked about. Where there are any ``keys``, subjects
    ``beside`` or kinds of ``references``, it has nothing to say without one of each; ``alone`` tells whether it looks
    at single objects only.
    """

    name: str
    module: str
    class_name: str
    subject: str
    severity: Severity
    group: Group
    fixable: bool
    since: str
    first_line: str
    has_options: bool
    keys: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    alone: bool = False

    def identity(self) -> str:
        """Return the rule's id, ``system/rule-name``."""
        return self.name

    def family(self) -> str:
        """Return the system that the rule belongs to."""
        return self.module.split(".")[-2]

    def summary(self) -> str:
        """Return the first line of the manual page."""
        return self.first_line

    def page(self) -> str:
        """Return the manual page, as :meth:`kubelint.rule.Rule.page` does."""
        pack, family, module = self.module.rsplit(".", 2)
        for place in _places(pack):
            file = f"{place}/{family}/{module}.py"
            if os.path.isfile(file):  # noqa: PTH113 - strings all the way
                found = _rule(text := _text(file))
                if found is not None:
                    written = text[found.start("summary") :].partition('"""')[0]
                    if "\\" not in written:  # no escape that only the compiler understands
                        return cleandoc(written)
        return self.load().page()

    def load(self) -> type[Rule[Any]]:
        """Return the class of the rule."""
        found: type[Rule[Any]] = getattr(importlib.import_module(self.module), self.class_name)
        return found


def entries(packs: Iterable[str] = (BUILTIN_PACK,)) -> tuple[RuleEntry, ...]:
    """Return what the rules of the packs say of themselves: by pack, family and id."""
    return tuple(entry for pack in packs for family in families(pack) for entry in family_entries(family, pack))


@cache
def families(pack: str = BUILTIN_PACK) -> tuple[str, ...]:
    """Return the families (sub-packages) of a rule pack."""
    found = {name for place in _places(pack) for name in os.listdir(place) if _is_package(place, name)}  # noqa: PTH208
    return tuple(sorted(found))


@cache
def family_entries(family: str, pack: str = BUILTIN_PACK) -> tuple[RuleEntry, ...]:
    """Return what the rules of one family say of themselves, in the order of their ids."""
    found: list[RuleEntry] = []
    for place in _places(pack):
        folder = f"{place}/{family}"
        if not os.path.isdir(folder):  # noqa: PTH112 - strings all the way
            continue
        for file in os.listdir(folder):  # noqa: PTH208
            if file.endswith(".py") and not file.startswith("_"):
                found.extend(_read(_text(f"{folder}/{file}"), f"{pack}.{family}.{file[:-3]}"))
    return tuple(sorted(found, key=RuleEntry.identity))


def _text(path: str) -> str:
    # Without a stream around it: of some hundred files it shows.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        raw = os.read(handle, os.fstat(handle).st_size + 1)
    finally:
        os.close(handle)
    return raw.decode("utf-8").replace("\r\n", "\n")


def _places(pack: str) -> list[str]:
    spec = PathFinder.find_spec(pack)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"no rule pack `{pack}`", name=pack)
    return list(spec.submodule_search_locations)


def _is_package(place: str, name: str) -> bool:
    return name.isidentifier() and os.path.isfile(f"{place}/{name}/__init__.py")  # noqa: PTH113


def _read(text: str, module: str) -> list[RuleEntry]:
    found = _rule(text)
    if found is None:
        return [of_class(rule) for rule in rules_in(importlib.import_module(module))]
    # What a class says of itself stands between its manual page and its first method.
    start = found.end() if found["one_line"] else text.find('"""', found.end())
    end = text.find("\n    def ", start)
    end = len(text) if end < 0 else end
    said: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(text, start, end):
        said[str(attribute.lastgroup)] = attribute[attribute.lastgroup or 0]
    names = {found["what"]: tuple(found["names"].split('"')[1::2]) for found in _NAMES.finditer(text, start, end)}
    return [
        RuleEntry(
            f"{module.split('.')[-2]}/{slug_of(found['name'])}",
            module,
            found["name"],
            found["subject"],
            Severity[said.get("severity", "ERROR")],
            Group[said.get("group", "CORRECTNESS")],
            said.get("fixable") == "True",
            said.get("since", "0.1"),
            found["summary"].strip(),
            _OPTIONS.search(text, start, end) is not None,
            names.get("keys", ()),
            names.get("beside", ()),
            names.get("references", ()),
            said.get("alone") == "True",
        )
    ]


def _rule(text: str) -> re.Match[str] | None:
    """Return the head of the only rule of a module; None where it has none of this form, or several."""
    found = None
    place = text.find("\nclass ")
    while place >= 0:
        if _CLASS.match(text, place + 1) is not None:
            if found is not None:
                return None
            found = _RULE.match(text, place + 1)
            if found is None:
                return None
        place = text.find("\nclass ", place + 1)
    return found


def of_class(rule: type[Rule[Any]]) -> RuleEntry:
    """Return what a rule says of itself from its class."""
    return RuleEntry(
        rule.identity(),
        rule.__module__,
        rule.__name__,
        rule.subject().__name__,
        rule.severity,
        rule.group,
        rule.fixable,
        rule.since,
        rule.summary(),
        "Options" in vars(rule),
        rule.keys,
        rule.beside,
        () if rule.references is None else rule.references.kinds,
        rule.alone,
    )


def rules_in(module: ModuleType) -> list[type[Rule[Any]]]:
    """Return the rule classes that a module defines."""
    from kubelint.rule import Rule

    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Rule)
        and value is not Rule
        and value.__module__ == module.__name__
    ]


class RuleTable(Mapping[str, "type[Rule[Any]]"]):
    """Rule classes by id; one is imported when somebody asks for it."""

    def __init__(self, identities: Iterable[str], packs: tuple[str, ...]) -> None:
        self._identities = dict.fromkeys(identities)
        self._packs = packs

    def __getitem__(self, identity: str) -> type[Rule[Any]]:
        if identity not in self._identities:
            raise KeyError(identity)
        found = find(identity, self._packs)
        if found is None:
            raise KeyError(identity)
        return found.load()

    def __iter__(self) -> Iterator[str]:
        return iter(self._identities)

    def __len__(self) -> int:
        return len(self._identities)


def find(identity: str, packs: Iterable[str] = (BUILTIN_PACK,)) -> RuleEntry | None:
    """Return what one rule says of itself; None where no pack has it."""
    family, _, slug = identity.partition("/")
    for pack in packs:
        if family in families(pack):
            # Nearly every rule has a module of its name.
            name = slug.replace("-", "_")
            for place in _places(pack):
                file = f"{place}/{family}/{name}.py"
                if name.isidentifier() and os.path.isfile(file):  # noqa: PTH113 - strings all the way
                    for entry in _read(_text(file), f"{pack}.{family}.{name}"):
                        if entry.identity() == identity:
                            return entry
            for entry in family_entries(family, pack):
                if entry.identity() == identity:
                    return entry
    return None
