"""Host patterns of an inventory: ``node[1:9].example.com:2222`` to names and port, expanded only on demand.

Source of the claims: ansible-core 2.18 as measured; the tests compare with it where it is installed.
"""

from __future__ import annotations

import itertools
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

_RANGE = r"\[(?:[0-9]+:[0-9]+|[A-Za-z]:[A-Za-z])(?::[0-9]+)?\]"
_RANGE_PATTERN = re.compile(_RANGE)
_BRACKETED_PORT = re.compile(r"\[(.+)\]:([0-9]+)\Z")
_PORT = re.compile(rf"((?:[^:\[\]]|{_RANGE})+):([0-9]+)\Z")
_NOT_IPV6 = re.compile(r"[^0-9A-Fa-f:.]")
_DASHED_RANGE = re.compile(r"\[([0-9]+|[A-Za-z])(?:-|\.\.)([0-9]+|[A-Za-z])\]")
_LONGEST_NUMBER = 18


class PatternError(ValueError):
    """A pattern that Ansible refuses; the text is a headline, ``advice`` says what to write."""

    def __init__(self, message: str, advice: str | None = None) -> None:
        super().__init__(message)
        self.advice = advice


@dataclass(frozen=True, slots=True)
class HostPattern:
    """A parsed pattern: literal pieces with one range between each two of them; nothing is expanded yet."""

    text: str
    literals: tuple[str, ...]
    ranges: tuple[range | str, ...] = ()
    widths: tuple[int, ...] = ()
    port: int | None = None

    @property
    def count(self) -> int:
        """How many names the pattern stands for; costs nothing, whatever the ranges."""
        count = 1
        for values in self.ranges:
            # Not ``len``, which overflows for a range that is longer than an index can be.
            count *= len(values) if isinstance(values, str) else _length(values)
        return count

    def names(self) -> Iterator[str]:
        """Yield the names in Ansible's order; ask for :attr:`count` first."""
        if not self.ranges:
            yield self.literals[0]
            return
        for chosen in itertools.product(*self.ranges):
            parts = [self.literals[0]]
            for value, width, literal in zip(chosen, self.widths, self.literals[1:], strict=True):
                parts.append(str(value).zfill(width) if width else str(value))
                parts.append(literal)
            yield "".join(parts)


def parse_pattern(text: str) -> HostPattern:
    """Return the pattern that a text means; raises :class:`PatternError` where Ansible refuses it.

    A text that is no address (``a,b``, ``a/b``) is one host of that name, as it is for Ansible.
    """
    host, port = _split_port(text)
    literals: list[str] = []
    ranges: list[range | str] = []
    widths: list[int] = []
    rest = host
    while "[" in rest:
        head, inner, rest = _cut(rest)
        values, width = _parse_range(inner, text)
        literals.append(head)
        ranges.append(values)
        widths.append(width)
    literals.append(rest)
    return HostPattern(text, tuple(literals), tuple(ranges), tuple(widths), port)


def _split_port(text: str) -> tuple[str, int | None]:
    """Return host and port; where what stands before the port is no address, the colon is part of the name."""
    host, port = text, None
    for pattern in (_BRACKETED_PORT, _PORT):
        found = pattern.match(host)
        if found is not None:
            host, port = found[1], found[2]
    if port is None or not _is_address(host) or len(port) > _LONGEST_NUMBER:
        return text, None
    return host, int(port) or None


def _is_address(host: str) -> bool:
    """Tell whether a host part, ranges included, is an IP address or a host name to Ansible."""
    plain = _RANGE_PATTERN.sub("0", host)
    if ":" in plain:
        return _NOT_IPV6.search(plain) is None
    return all(_is_label(label) for label in plain.split("."))


def _is_label(label: str) -> bool:
    if not label or label[0] == "-" or label[-1] in "-_":
        return False
    return all(character.isalnum() or character in "-_" for character in label)


def _cut(text: str) -> tuple[str, str, str]:
    """Return what stands before, in and behind the first brackets."""
    opening, closing = text.find("["), text.find("]")
    if closing < 0:
        raise PatternError("this host range has no closing `]`", "close it: `node[1:3]`")
    if "|" in text:
        raise PatternError("a host name with a range cannot hold `|`")
    first, second = sorted((opening, closing))
    return text[:first], text[first + 1 : second], text[second + 1 :]


def _parse_range(inner: str, text: str) -> tuple[range | str, int]:
    """Return the values of a range and the width that numbers are padded to (0: not at all)."""
    bounds = inner.split(":")
    if len(bounds) not in (2, 3):
        dashed = _DASHED_RANGE.search(text)
        advice = f"write `[{dashed[1]}:{dashed[2]}]`" if dashed else "write `[1:3]` or `[1:9:2]`"
        raise PatternError("a host range must be `begin:end` or `begin:end:step`", advice)
    begin, end = bounds[0] or "0", bounds[1]
    if not end:
        raise PatternError("this host range has no end", "write the last number: `[1:3]`")
    width = len(begin) if len(begin) > 1 and begin[0] == "0" else 0
    if width and width != len(end):
        message = "begin and end of a padded host range must have the same length"
        longest = max(width, len(end))
        raise PatternError(message, f"write `[{begin.zfill(longest)}:{end.zfill(longest)}]`")
    step = _integer(bounds[2]) if len(bounds) > 2 else 1
    if step == 0:
        raise PatternError("the step of a host range cannot be 0")
    letters = string.ascii_letters
    if begin in letters and end in letters:
        first, last = letters.index(begin), letters.index(end)
        if first > last:
            raise PatternError("this host range ends before it begins", f"write `[{end}:{begin}]`")
        return letters[first : last + 1 : step], width
    return range(_integer(begin), _integer(end) + 1, step), width


def _integer(text: str) -> int:
    try:
        if len(text) <= _LONGEST_NUMBER:
            return int(text)
    except ValueError:
        pass
    raise PatternError(f"`{text[:40]}` is no number and no single letter", "write `[1:3]` or `[a:c]`")


def _length(values: range) -> int:
    if values.step > 0:
        return max(0, -((values.start - values.stop) // values.step))
    return max(0, -((values.stop - values.start) // -values.step))
