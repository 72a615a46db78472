"""What RE2, the engine of Envoy and of Go, cannot read in a regular expression.

Only what is certain is reported: brackets that do not close, repetitions of nothing, and what RE2 lacks on purpose
(look-around, back references, possessive and atomic groups). One pass over the text, no expression is ever run.

Source: RE2 documentation, "Syntax"; Istio reference, "VirtualService", ``StringMatch.regex``.
"""

from __future__ import annotations

import re

LONGEST = 1024
_COUNT = re.compile(r"\{([0-9]{1,6})(?:,([0-9]{0,6}))?\}")
_MOST_REPEATS = 1000
_ESCAPES = frozenset("aftnrvdDsSwWbBAzpPCQExE01234567")
_NAME = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]{0,100})>")
_FLAGS = re.compile(r"\(\?[imsU]{0,8}(?:-[imsU]{1,8})?[:)]")


def regex_fault(text: str) -> tuple[str, int] | None:
    """Return in words why RE2 refuses an expression and at which character; None where nothing is known against it."""
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST} characters", 0
    open_groups: list[int] = []
    position, repeatable, repeated = 0, False, False
    while position < len(text):
        character = text[position]
        if character == "\\":
            fault, length = _escape(text, position)
            if fault is not None:
                return fault, position
            position, repeatable, repeated = position + length, True, False
        elif character == "[":
            end = _class_end(text, position)
            if end is None:
                return "a `[` is not closed", position
            position, repeatable, repeated = end, True, False
        elif character == "(":
            fault, length = _group(text, position)
            if fault is not None:
                return fault, position
            if text[position + length - 1] != ")":
                open_groups.append(position)
            position, repeatable, repeated = position + length, False, False
        elif character == ")":
            if not open_groups:
                return "a `)` closes nothing", position
            open_groups.pop()
            position, repeatable, repeated = position + 1, True, False
        elif character in "*+?" or (character == "{" and _COUNT.match(text, position)):
            fault, length = _repetition(text, position, repeatable=repeatable, repeated=repeated)
            if fault is not None:
                return fault, position
            position, repeated = position + length, True
        else:
            position, repeatable, repeated = position + 1, character != "|", False
    return ("a `(` is not closed", open_groups[-1]) if open_groups else None


def _escape(text: str, position: int) -> tuple[str | None, int]:
    if position + 1 >= len(text):
        return "it ends with a single `\\`", 1
    following = text[position + 1]
    if following == "Q":
        end = text.find("\\E", position)
        return None, (len(text) if end < 0 else end + 2) - position
    if following in "123456789" and not (following <= "7" and text[position + 2 : position + 3] in tuple("01234567")):
        return "RE2 has no back references", 2
    if following.isalnum() and following.isascii() and following not in _ESCAPES:
        return f"RE2 does not know `\\{following}`", 2
    return None, 2


def _class_end(text: str, start: int) -> int | None:
    position = start + 1
    if text[position : position + 1] == "^":
        position += 1
    first = position
    while position < len(text):
        if text[position] == "]" and position > first:
            return position + 1
        if text[position] == "\\":
            position += 1
        elif text.startswith("[:", position):
            end = text.find(":]", position)
            if end > 0:
                position = end + 1
        position += 1
    return None


def _group(text: str, position: int) -> tuple[str | None, int]:
    if not text.startswith("(?", position):
        return None, 1
    for mark, what in (
        ("(?=", "look-ahead"), ("(?!", "look-ahead"), ("(?<=", "look-behind"), ("(?<!", "look-behind"),
        ("(?>", "atomic groups"), ("(?(", "conditions"), ("(?P=", "back references"), ("(?#", "comments"),
    ):  # fmt: skip
        if text.startswith(mark, position):
            return f"RE2 has no {what}", len(mark)
    found = _NAME.match(text, position) or _FLAGS.match(text, position)
    return ("RE2 does not know this group", 2) if found is None else (None, found.end() - position)


def _repetition(text: str, position: int, *, repeatable: bool, repeated: bool) -> tuple[str | None, int]:
    found = _COUNT.match(text, position)
    length = 1 if found is None else found.end() - position
    if repeated:
        return "RE2 does not repeat a repetition", length
    if not repeatable:
        return f"`{text[position]}` has nothing to repeat", length
    if found is not None:
        least, most = int(found[1]), int(found[2]) if found[2] else int(found[1])
        if max(least, most) > _MOST_REPEATS or most < least:
            return f"RE2 repeats at most {_MOST_REPEATS} times", length
    if text[position + length : position + length + 1] == "?":
        length += 1
    return None, length
