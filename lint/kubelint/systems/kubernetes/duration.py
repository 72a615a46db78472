"""Durations as Go programs write them: ``300ms``, ``1.5s``, ``1h30m``.

Source: documentation of Go's package ``time``, ``ParseDuration`` and ``Duration.String``.
"""

from __future__ import annotations

import re

NANOSECOND = 1
MICROSECOND = 1_000
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

_UNITS = {
    "ns": NANOSECOND,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "μs": MICROSECOND,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": MINUTE,
    "h": HOUR,
}
_TERM = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_LARGEST = 2**63 - 1
_LONGEST_TEXT = 128


def parse_duration(text: str) -> int | None:
    """Return a duration in nanoseconds; None where Go would not read the text or it is out of range."""
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    if not rest or len(rest) > _LONGEST_TEXT:
        return None
    total = position = 0
    while position < len(rest):
        term = _TERM.match(rest, position)
        if term is None or not (term[1] or term[2]):
            return None
        unit = _UNITS[term[3]]
        fraction = term[2] or ""
        total += int(term[1] or 0) * unit + int(fraction or 0) * unit // 10 ** len(fraction)
        position = term.end()
    return sign * total if total <= _LARGEST else None


def show_duration(nanoseconds: int) -> str:
    """Return a duration as people write it: ``6s``, ``2.5s``, ``500ms``, ``1m30s``, ``2h``."""
    if nanoseconds < 0:
        return "-" + show_duration(-nanoseconds)
    for unit, name in ((MILLISECOND, "µs"), (SECOND, "ms")):
        if 0 < nanoseconds < unit:
            return f"{_decimal(nanoseconds, unit // 1_000)}{name}"
    hours, rest = divmod(nanoseconds, HOUR)
    minutes, seconds = divmod(rest, MINUTE)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else ""]
    if seconds or not (hours or minutes):
        parts.append(f"{_decimal(seconds, SECOND)}s")
    return "".join(parts)


def _decimal(value: int, unit: int) -> str:
    whole, rest = divmod(value, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}" if digits else str(whole)
