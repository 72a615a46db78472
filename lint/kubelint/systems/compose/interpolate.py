"""Variables in values, as Compose replaces them before it reads anything else.

``$X``, ``${X}``, ``${X:-default}``, ``${X-default}``, ``${X:?message}``, ``${X?message}``, ``${X:+text}`` and
``${X+text}``, nested at will; ``$$`` is a dollar sign. A ``${`` that is none of these is refused, any other ``$`` is
left as it is.
Source: "Interpolation" of the Compose Specification and the ``template`` package of compose-go, measured with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from kubelint.tree.node import OPAQUE_TAG, Scalar
from kubelint.tree.opaque import is_opaque

#: Nesting that no person writes; what lies deeper is not looked into.
MAX_NESTING = 32

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_OPERATOR = re.compile(r":?[-+?]")

#: Whether a variable is set, and its text where that is known.
Lookup: TypeAlias = Callable[[str], tuple[bool, str | None]]


class Variable(NamedTuple):
    """One use: ``start`` and ``end`` are those of the name in the text, ``tail`` what follows the operator."""

    name: str
    start: int
    end: int
    operator: str = ""
    tail: Template | None = None

    @property
    def has_default(self) -> bool:
        """Whether a text stands in where the variable is not set."""
        return self.operator in ("-", ":-")

    @property
    def required(self) -> bool:
        """Whether Compose refuses to go on where the variable is not set."""
        return self.operator in ("?", ":?")


@dataclass(slots=True)
class Template:
    """A text cut into literal parts and variables; ``invalid`` are the places that Compose refuses."""

    parts: list[str | Variable] = field(default_factory=list)
    invalid: list[tuple[int, int]] = field(default_factory=list)

    @property
    def literal(self) -> bool:
        """Whether there is nothing to replace."""
        return not self.invalid and all(isinstance(part, str) for part in self.parts)

    def variables(self) -> Iterator[Variable]:
        """Yield all variables of the text, those in defaults and messages included."""
        for part in self.parts:
            if isinstance(part, Variable):
                yield part
                if part.tail is not None:
                    yield from part.tail.variables()

    def unset(self, is_set: Callable[[str], bool]) -> Iterator[Variable]:
        """Yield the variables that Compose looks up in vain, in the branches that it takes.

        A variable with a default, or one that only decides whether a text is there (``:+``), is no such variable.
        """
        for part in self.parts:
            if isinstance(part, str):
                continue
            found = is_set(part.name)
            if part.operator == "" or part.required:
                if not found:
                    yield part
            elif part.tail is not None and found != part.has_default:
                yield from part.tail.unset(is_set)

    def expand(self, lookup: Lookup) -> str | None:
        """Return the text with all variables replaced; None where one of them is not known."""
        if self.invalid:
            return None
        result: list[str] = []
        for part in self.parts:
            text = part if isinstance(part, str) else _value(part, lookup)
            if text is None:
                return None
            result.append(text)
        return "".join(result)


def _value(variable: Variable, lookup: Lookup) -> str | None:
    found, text = lookup(variable.name)
    if found and text is None:
        return None
    present = found and (text != "" or not variable.operator.startswith(":"))
    if variable.has_default:
        return text if present else variable.tail.expand(lookup) if variable.tail is not None else ""
    if variable.operator in ("+", ":+"):
        return (variable.tail.expand(lookup) if variable.tail is not None else "") if present else ""
    return text if present or (found and not variable.required) else None


def parse(text: str) -> Template:
    """Cut a text into its parts; never raises, and linear in its length."""
    template = Template()
    if "$" not in text:
        template.parts.append(text)
        return template
    _Parser(text).parse(template, 0, len(text), 0)
    return template


def has_variables(text: str) -> bool:
    """Tell whether Compose would replace something in a text, or refuse it."""
    return "$" in text and not parse(text).literal


def literal(node: Scalar | None) -> str | None:
    """Return the text of a value as Compose uses it; None where it depends on a variable or a template."""
    if node is None or node.tag == OPAQUE_TAG:
        return None
    template = parse(node.text)
    if not template.literal:
        return None
    text = "".join(part for part in template.parts if isinstance(part, str))
    # A `$${X}` is no placeholder here, so dollar signs do not count.
    return None if is_opaque(text.replace("$", "")) else text


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self._closing: dict[int, int] | None = None

    def parse(self, template: Template, start: int, end: int, depth: int) -> None:
        """Add the parts of ``text[start:end]`` to a template."""
        text = self.text
        position = start
        plain: list[str] = []
        while position < end:
            dollar = text.find("$", position, end)
            if dollar < 0 or dollar + 1 >= end:
                break
            plain.append(text[position:dollar])
            following = text[dollar + 1]
            position = dollar + 2
            if following == "$":
                plain.append("$")
                continue
            variable: Variable | None = None
            if following == "{":
                variable, position = self._braced(template, dollar + 1, end, depth)
            elif (name := _NAME.match(text, dollar + 1, end)) is not None:
                variable, position = Variable(name[0], *name.span()), name.end()
            else:
                plain.append(text[dollar:position])
                continue
            template.parts.append("".join(plain))
            plain.clear()
            if variable is not None:
                template.parts.append(variable)
        plain.append(text[position:end])
        template.parts.append("".join(plain))

    def _braced(self, template: Template, brace: int, end: int, depth: int) -> tuple[Variable | None, int]:
        """Read ``{X…}`` at ``brace`` and return it with the position behind it; None where Compose refuses it."""
        text = self.text
        name = _NAME.match(text, brace + 1, end)
        place = name.end() if name is not None else brace + 1
        if name is not None and text.startswith("}", place) and place < end:
            return Variable(name[0], *name.span()), place + 1
        operator = _OPERATOR.match(text, place, end) if name is not None else None
        close = self._close(brace)
        if name is None or operator is None or close is None or close >= end:
            stop = min(end, close + 1 if close is not None else place)
            template.invalid.append((brace - 1, stop))
            return None, stop
        tail = Template()
        if depth < MAX_NESTING:
            self.parse(tail, operator.end(), close, depth + 1)
            template.invalid.extend(tail.invalid)
        return Variable(name[0], *name.span(), operator[0], tail), close + 1

    def _close(self, brace: int) -> int | None:
        if self._closing is None:
            self._closing = {}
            opened: list[int] = []
            for found in re.finditer(r"[{}]", self.text):
                if found[0] == "{":
                    opened.append(found.start())
                elif opened:
                    self._closing[opened.pop()] = found.start()
        return self._closing.get(brace)
