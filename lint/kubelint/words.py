"""Words for what a message says was expected and what was found (floor 1).

They go behind "expected" and "found": no full stop, names and values between backticks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubelint.tree.dialect import Dialect
from kubelint.tree.node import Mapping, Node, Scalar

_TYPES = {
    "array": "a list",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "a mapping",
    "string": "a string",
}
_MOST_NAMED = 8
_LONGEST_QUOTE = 40


def found(node: Node, dialect: Dialect) -> str:
    """Return what a node is: ``a boolean (`yes`)``, ``a list``, ``nothing``."""
    if not isinstance(node, Scalar):
        return "a mapping" if isinstance(node, Mapping) else "a list"
    value = node.value(dialect)
    if value is None:
        return f"null (`{node.text}`)" if node.text else "nothing"
    if isinstance(value, bool):
        kind = "a boolean"
    elif isinstance(value, int):
        kind = "an integer"
    else:
        kind = "a number" if isinstance(value, float) else "a string"
    return f"{kind} ({quoted(node.text)})" if node.text else "an empty string"


def quoted(text: str) -> str:
    """Return a text between backticks: its first line, and no more than fits a message."""
    return f"`{cut(text)}`"


def cut(text: str, longest: int = _LONGEST_QUOTE) -> str:
    """Return a text for a sentence: its first line, cut where it is long; ``…`` says that there is more."""
    line = text.partition("\n")[0]
    return line if line == text and len(line) <= longest else line[: longest - 1] + "…"


def listed(names: Iterable[str], most: int = 3) -> str:
    """Return names for a sentence, the first few of them: ```a`, `b` and `c```, ```a`, `b`, `c` and 4 more``."""
    found = list(names)
    shown = [f"`{name}`" for name in found[:most]]
    if len(found) > most:
        return f"{', '.join(shown)} and {len(found) - most} more"
    return joined(shown, "and")


def type_words(types: str | list[str]) -> str:
    """Return JSON Schema types in words, null left out: ``a string or a list``."""
    names = [types] if isinstance(types, str) else [name for name in types if name != "null"] or ["null"]
    return joined([_TYPES.get(name, name) for name in names], "or")


def one_of(values: list[Any]) -> str:
    """Return values as a choice, the first ones only where they are many: ``one of `A`, `B```."""
    words = [f"`{str(value).lower() if isinstance(value, bool) else value}`" for value in values]
    if len(words) < 2:
        return words[0] if words else "nothing"
    more = [f"… ({len(words)} in all)"] if len(words) > _MOST_NAMED else []
    return "one of " + ", ".join(words[:_MOST_NAMED] + more)


def joined(words: list[str], conjunction: str) -> str:
    """Return words as a list without repetition: ``a, b or c``."""
    words = list(dict.fromkeys(words))
    return f" {conjunction} ".join([", ".join(words[:-1]), *words[-1:]] if len(words) > 1 else words)


def bound(keyword: str, limit: Any) -> str:
    """Return what a JSON Schema keyword with this limit asks for: ``at most 65535``."""
    plural = "" if limit == 1 else "s"
    words = {
        "maximum": f"at most {limit}",
        "minimum": f"at least {limit}",
        "exclusiveMaximum": f"less than {limit}",
        "exclusiveMinimum": f"more than {limit}",
        "multipleOf": f"a multiple of {limit}",
        "maxItems": f"at most {limit} item{plural}",
        "minItems": f"at least {limit} item{plural}",
        "maxLength": f"at most {limit} character{plural}",
        "minLength": f"at least {limit} character{plural}",
        "maxProperties": f"at most {limit} field{plural}",
        "minProperties": f"at least {limit} field{plural}",
        "pattern": f"a text that matches `{limit}`",
    }
    return words.get(keyword, "a value that the schema allows")
