"""Variables of an inventory: which node sets them and what their value is (INI values are Python literals or text)."""

from __future__ import annotations

import re
from typing import NamedTuple

from kubelint.tree.dialect import PYYAML, Dialect
from kubelint.tree.node import Node, Scalar

_COMMENT = r"\s*(?:#.*)?\Z"
_DIGITS = r"[0-9](?:_?[0-9])*"
_INTEGER = re.compile(rf"([-+]?(?:0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0+|(?!0){_DIGITS})){_COMMENT}")
_FLOAT = re.compile(
    rf"([-+]?(?:{_DIGITS}\.(?:{_DIGITS})?|\.{_DIGITS}|{_DIGITS}(?=[eE]))(?:[eE][-+]?{_DIGITS})?){_COMMENT}"
)
_STRING = re.compile(r"""[uUrR]?(?:'([^'\\]*)'|"([^"\\]*)")""" + _COMMENT)
_WORDS = {"True": True, "False": False, "None": None}
_LONGEST_NUMBER = 64
_DECIMAL = re.compile(r"-?[0-9]{1,15}\Z")


def _literal(text: str) -> str | int | float | bool | None:
    """Return the value that ``ast.literal_eval`` gives for scalars; the text itself for everything else.

    Lists and dictionaries stay text: no rule looks into them, and a stranger's nesting is better not evaluated.
    """
    word = text.partition("#")[0].rstrip()
    if word in _WORDS:
        return _WORDS[word]
    if text[:1] in "'\"uUrR":
        found = _STRING.match(text)
        if found is not None:
            return found[1] if found[2] is None else found[2]
    if len(text) < _LONGEST_NUMBER or "#" in text:
        try:
            if found := _INTEGER.match(text):
                return int(found[1][:_LONGEST_NUMBER], 0)
            if found := _FLOAT.match(text):
                return float(found[1][:_LONGEST_NUMBER])
        except ValueError:
            return text
    return text


LITERAL = Dialect("Python literals (Ansible's INI inventories)", _literal)


def is_literal(text: str) -> bool:
    """Tell whether a text is a Python literal, or begins like a list or dictionary, so that ``#`` is a comment."""
    return text.startswith(("[", "{", "(")) or LITERAL.resolve(text) != text


class Variable(NamedTuple):
    """One assignment: the key and value nodes and how the value is read."""

    key: Scalar
    value: Node
    dialect: Dialect = PYYAML

    @property
    def name(self) -> str:
        """The name of the variable."""
        return self.key.text

    @property
    def scalar(self) -> Scalar | None:
        """The value where it is a single one that is known; None for templates, vaulted values, lists and null."""
        value = self.value
        if not isinstance(value, Scalar) or value.opaque or value.is_null:
            return None
        return value

    @property
    def text(self) -> str | None:
        """The value where it is a string that is known; None for anything else."""
        value = self.data
        return value if isinstance(value, str) else None

    @property
    def is_empty(self) -> bool:
        """Whether the variable is set to nothing: null."""
        return isinstance(self.value, Scalar) and self.value.is_null

    @property
    def data(self) -> str | int | float | bool | None:
        """The value as Ansible sees it where it is a single one that is known; None for anything else."""
        scalar = self.scalar
        if scalar is None:
            return None
        # In INI a value is a literal whether the shell-like quotes around it are there or not.
        return scalar.value(PYYAML) if self.dialect is PYYAML else self.dialect.resolve(scalar.text)

    @property
    def number(self) -> int | None:
        """The value as Jinja's ``int`` filter gives it where it is a whole number; None for anything else."""
        data = self.data
        if isinstance(data, str) and _DECIMAL.match(data):
            return int(data)
        return data if isinstance(data, int) and not isinstance(data, bool) else None

    @property
    def true(self) -> bool:
        """Whether the value is true for Jinja's ``bool`` filter: ``True``, ``yes``, ``"true"``, 1."""
        scalar = self.scalar
        return scalar is not None and scalar.text.strip("'\"").lower() in ("true", "yes", "on", "1")
