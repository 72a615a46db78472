"""``${NAME}`` in a Drone file: what the runner replaces in the text before it reads any YAML.

The runner expands the text of the whole file, comments included: ``$${`` is left as ``${``, ``$NAME`` is not touched, a
name that no build variable has becomes nothing. A form that the expander does not know fails the build. Source: the
drone/envsubst library as the runners use it, measured; Drone documentation, "Environment", "Substitution".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from kubelint.source import SourceFile, Span
from kubelint.suggest import NameIndex
from kubelint.tree.node import Scalar
from kubelint_schemas.drone.variables import known_variables

_MARK = re.compile(r"\$\$|\$\{")
_NAME = re.compile(r"#?[A-Za-z0-9_]+")
#: What may follow the name: a default, a part, an edit. ``-`` and ``+`` alone are let pass: not every version has them.
_OPERATORS = frozenset(":=#%/^,-+")
#: No expression is longer; the rest of a hostile file is not searched for a brace.
_LONGEST = 500
_DEEPEST = 8
_BRACE = re.compile(r"\$\{|\}")

_PLAIN = re.compile(r"\$(?:(?P<bare>[A-Za-z_][A-Za-z0-9_]*)|\{(?P<braced>[A-Za-z_][A-Za-z0-9_]*))")


class Substitution(NamedTuple):
    """One ``${…}``: ``name`` is the variable, ``operation`` what follows it; ``fault`` says in words why it fails."""

    span: Span
    name: str
    operation: str
    fault: str | None = None


def substitutions(source: SourceFile, start: int, end: int) -> Iterator[Substitution]:
    """Yield each ``${…}`` between two offsets of a text, nested ones included."""
    text = source.text
    for found in _MARK.finditer(text, start, end):
        if found.group() == "${":
            yield _read(source, found.start(), min(end, found.start() + _LONGEST))


def _read(source: SourceFile, start: int, end: int) -> Substitution:
    text = source.text
    name = _NAME.match(text, start + 2, end)
    if name is None:
        stop = min(end, start + 3)
        what = "nothing" if text[start + 2 : start + 3] == "}" else f"`{text[start + 2 : start + 3].strip() or ' '}`"
        return Substitution(source.span(start, stop), "", "", f"{what} stands where a name belongs")
    behind = text[name.end() : name.end() + 1] if name.end() < end else ""
    bare = name.group().lstrip("#")
    if behind == "}":
        return Substitution(source.span(start, name.end() + 1), bare, "")
    if behind not in _OPERATORS or not behind:
        fault = f"`{behind}` cannot stand behind the name" if behind.strip() else "the closing brace is missing"
        return Substitution(source.span(start, name.end() + len(behind.strip())), bare, "", fault)
    close = _closing(text, name.end(), end)
    if close is None:
        return Substitution(source.span(start, name.end()), bare, "", "the closing brace is missing")
    return Substitution(source.span(start, close + 1), bare, text[name.end() : close])


def _closing(text: str, start: int, end: int) -> int | None:
    """Return where the brace that ends an expression stands; None where there is none.

    What is nested too deeply is not followed: the last brace is returned, so that nothing is said of it.
    """
    depth = 0
    for found in _BRACE.finditer(text, start, end):
        if found.group() == "${":
            depth += 1
            if depth > _DEEPEST:
                return end - 1
        elif depth == 0:
            return found.start()
        else:
            depth -= 1
    return None


def in_scalar(scalar: Scalar) -> Iterator[Substitution]:
    """Yield each ``${…}`` of a value."""
    return substitutions(scalar.source, scalar.start, scalar.end)


class Use(NamedTuple):
    """One use of a variable, ``$NAME`` or ``${NAME``; the span is that of the name alone."""

    span: Span
    name: str
    braced: bool


def uses(scalar: Scalar) -> Iterator[Use]:
    """Yield each variable that a value uses, by substitution or in the shell."""
    source = scalar.source
    for found in _PLAIN.finditer(source.text, scalar.start, scalar.end):
        group = "bare" if found["bare"] is not None else "braced"
        yield Use(source.span(found.start(group), found.end(group)), found[group], group == "braced")


_ASSIGNED = re.compile(
    r"""(?:^|[\s;&|(`])                            # a command begins
        (?:(?:export|local|declare|readonly|typeset)\s+(?:-\w+\s+)?)?
        ([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\s]{0,40}\])?\+?=   # NAME=
      | \bfor\s+([A-Za-z_][A-Za-z0-9_]*)\s+in\b
      | \bread\s+(?:-\w+\s+)*([A-Za-z_][A-Za-z0-9_]*)""",
    re.VERBOSE | re.MULTILINE,
)


def assigned(texts: Iterator[Scalar] | list[Scalar]) -> dict[str, Scalar]:
    """Return the shell variables that some commands set, with the first command that sets each."""
    found: dict[str, Scalar] = {}
    for scalar in texts:
        for match in _ASSIGNED.finditer(scalar.text):
            found.setdefault(next(group for group in match.groups() if group), scalar)
    return found


@lru_cache(maxsize=4_096)
def near_variables(name: str) -> tuple[str, ...]:
    """Return the variables of Drone that a name, which is none of them, is a near miss of."""
    return tuple(_known_names().nearest(name))


@cache
def _known_names() -> NameIndex:
    return NameIndex(known_variables())


def scalar_part(scalar: Scalar, start: int, end: int) -> Span:
    """Return where a part of a value stands: in a block the same occurrence of its text, else the whole value."""
    span = scalar.part(start, end)
    wanted = scalar.text[start:end]
    if span.text == wanted:
        return span
    source = scalar.source.text
    place = source.find(wanted, scalar.start, scalar.end)
    for _ in range(scalar.text.count(wanted, 0, start)):
        following = source.find(wanted, place + 1, scalar.end)
        if following < 0:
            break
        place = following
    return scalar.span if place < 0 else Span(scalar.source, place, place + len(wanted))


_EXPORTED = re.compile(
    r"""(?:^|[\s;&|])export\s+(?P<name>(?:https?|ftp|all|no)_proxy)=
        (?:"(?P<double>[^"$`\n]{0,2000})"|'(?P<single>[^'\n]{0,2000})'|(?P<bare>[^\s"'$`;&|]{0,2000}))(?=$|[\s;&|])""",
    re.VERBOSE | re.MULTILINE | re.IGNORECASE,
)


def exported(commands: list[Scalar]) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield name and value of each proxy variable that a command exports, where the value is written out."""
    for command in commands:
        if "proxy" not in command.text.lower():
            continue
        for found in _EXPORTED.finditer(command.text):
            group = next(name for name in ("double", "single", "bare") if found[name] is not None)
            name = scalar_part(command, found.start("name"), found.end("name"))
            value = scalar_part(command, found.start(group), found.end(group))
            yield (
                Scalar(command.source, name.start, name.end, found["name"]),
                Scalar(command.source, value.start, value.end, found[group]),
            )
