"""Dialects: what a plain scalar means depends on who reads it.

Measured with the real readers (see ``docs/architecture.md``): Kubernetes, kustomization files and Drone read YAML 1.1
booleans and integers through go-yaml v2 (``y``, ``on`` and ``010`` are not strings); Compose reads YAML 1.2 through
go-yaml v3 (``yes`` is a string, ``010`` is octal); Ansible reads YAML 1.1 through PyYAML, sexagesimal numbers included.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | None

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE_12 = frozenset({"true", "True", "TRUE"})
_FALSE_12 = frozenset({"false", "False", "FALSE"})
_TRUE_11 = _TRUE_12 | {"yes", "Yes", "YES", "on", "On", "ON"}
_FALSE_11 = _FALSE_12 | {"no", "No", "NO", "off", "Off", "OFF"}

_INT = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_FLOAT_PYYAML = re.compile(r"(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?)\Z")
_SPECIAL_FLOAT = re.compile(r"(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z")
_SEXAGESIMAL = re.compile(r"[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+\Z")
_NUMBER_START = frozenset("0123456789+-.")


class Dialect:
    """How one family of readers resolves plain scalars; answers are memoised, because manifests repeat words."""

    __slots__ = ("_memo", "_resolve", "name")

    def __init__(self, name: str, resolve: Callable[[str], Value]) -> None:
        self.name = name
        self._resolve = resolve
        self._memo: dict[str, Value] = {}

    def resolve(self, text: str) -> Value:
        """Return the value of a plain, untagged scalar."""
        memo = self._memo
        try:
            return memo[text]
        except KeyError:
            if len(memo) > _MEMO_LIMIT:
                memo.clear()
            value = memo[text] = self._resolve(text)
            return value

    def resolve_tagged(self, text: str, tag: str) -> Value:
        """Return the value of a scalar with an explicit tag; unknown tags leave the text as it is."""
        kind = tag.rpartition(":")[2] if tag.startswith("tag:yaml.org") else tag.removeprefix("!!")
        if kind == "null":
            return None
        if kind in ("int", "float", "bool"):
            value = self.resolve(text)
            return value if isinstance(value, int | float) else text
        return text


_MEMO_LIMIT = 65_536


def _integer(text: str) -> int | None:
    digits = text.replace("_", "")
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    try:
        if digits.startswith(("0b", "0x", "0o")):
            return sign * int(digits, 0)
        if len(digits) > 1 and digits.startswith("0"):
            return sign * int(digits, 8)
        return sign * int(digits)
    except ValueError:
        return None


def _number(text: str, float_pattern: re.Pattern[str]) -> int | float | None:
    if text[0] not in _NUMBER_START:
        return None
    if _INT.match(text) and len(text) < _LONGEST_NUMBER:
        value = _integer(text)
        if value is not None:
            return value
    if float_pattern.match(text):
        try:
            return float(text.replace("_", ""))
        except ValueError:
            return None
    if _SPECIAL_FLOAT.match(text):
        return float(text.replace(".", "", 1).lower())
    return None


_LONGEST_NUMBER = 64


def _go_yaml_v2(text: str) -> Value:
    if text in _NULLS:
        return None
    if text in _TRUE_11 or text in ("y", "Y"):
        return True
    if text in _FALSE_11 or text in ("n", "N"):
        return False
    number = _number(text, _FLOAT)
    return text if number is None else number


def _go_yaml_v3(text: str) -> Value:
    if text in _NULLS:
        return None
    if text in _TRUE_12:
        return True
    if text in _FALSE_12:
        return False
    number = _number(text, _FLOAT)
    return text if number is None else number


def _pyyaml(text: str) -> Value:
    if text in _NULLS:
        return None
    if text in _TRUE_11:
        return True
    if text in _FALSE_11:
        return False
    if "0o" not in text:
        number = _number(text, _FLOAT_PYYAML)
        if number is not None:
            return number
    if ":" in text and _SEXAGESIMAL.match(text):
        total = 0
        for part in text.lstrip("+-").replace("_", "").split(":"):
            total = total * 60 + int(part)
        return -total if text.startswith("-") else total
    return text


GO_YAML_V2 = Dialect("go-yaml v2 (YAML 1.1 without sexagesimal numbers)", _go_yaml_v2)
GO_YAML_V3 = Dialect("go-yaml v3 (YAML 1.2 with old octals)", _go_yaml_v3)
PYYAML = Dialect("PyYAML (YAML 1.1)", _pyyaml)
TEXT = Dialect("text only", lambda text: text)
