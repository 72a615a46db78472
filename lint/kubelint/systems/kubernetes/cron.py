"""Schedules of CronJobs: five fields, names of months and days, ranges, steps, and the ``@`` short forms.

Source: Kubernetes documentation, "CronJob", section "Schedule syntax"; documentation of robfig/cron v3, "CRON
Expression Format", which the controller reads schedules with.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from kubelint.systems.kubernetes.duration import parse_duration

SHORT_FORMS = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WORD = re.compile(r"\S+")
_ZONE = re.compile(r"(?:CRON_)?TZ=\S*\s+")
_LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_LONGEST_SCHEDULE = 1_000


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: tuple[str, ...] = ()


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _DAYS),
)


class ScheduleFault(NamedTuple):
    """What is wrong with a schedule, as a clause, and the part of its text that is to blame."""

    clause: str
    start: int
    end: int


def schedule_fault(text: str) -> ScheduleFault | None:
    """Return what is wrong with a schedule; None where it is right and its time comes."""
    zone = _ZONE.match(text)
    if zone is not None:
        return ScheduleFault("a time zone goes into `timeZone`", zone.start(), zone.end())
    if len(text) > _LONGEST_SCHEDULE:
        return ScheduleFault("is no schedule", 0, len(text))
    words = list(_WORD.finditer(text))
    if words and words[0][0].startswith("@"):
        return _short_form(text)
    if len(words) != len(_FIELDS):
        more = "; seconds and years have no field" if len(words) > len(_FIELDS) else ""
        return ScheduleFault(f"has {len(words)} fields instead of 5{more}", 0, len(text))
    values: list[set[int]] = []
    for word, field in zip(words, _FIELDS, strict=True):
        result = _read_field(word[0], field)
        if isinstance(result, str):
            return ScheduleFault(result, word.start(), word.end())
        values.append(result)
    days, months = values[2], values[3]
    # A day of the week beside the day of the month is another chance, not a further condition.
    if words[4][0] in ("*", "?") and not any(min(days) <= _LONGEST_MONTH[month - 1] for month in months):
        return ScheduleFault(f"no such month has a day {min(days)}, so it never runs", words[2].start(), words[3].end())
    return None


def _short_form(text: str) -> ScheduleFault | None:
    if text.startswith("@every "):
        if parse_duration(text.removeprefix("@every ").strip()):
            return None
        return ScheduleFault("`@every` wants a duration such as `90m`", 0, len(text))
    if text in SHORT_FORMS:
        return None
    known = ", ".join(f"`{name}`" for name in sorted(SHORT_FORMS))
    return ScheduleFault(f"is no short form; there are {known}", 0, len(text))


def _read_field(text: str, field: _Field) -> set[int] | str:
    """Return the values that a field allows, or what is wrong with it."""
    values: set[int] = set()
    for part in text.split(","):
        if not part:
            continue  # the controller drops empty parts of a list
        result = _read_part(part, field)
        if isinstance(result, str):
            return result
        values.update(result)
    return values or f"the {field.name} is empty"


def _read_part(part: str, field: _Field) -> range | str:
    span, slash, step_text = part.partition("/")
    step = 1
    if slash:
        if not step_text.isascii() or not step_text.isdigit() or len(step_text) > 9:
            return f"`{step_text}` is no step"
        step = int(step_text)
        if step == 0:
            return "a step of 0 never moves on"
    first_text, dash, last_text = span.partition("-")
    if first_text in ("*", "?"):
        return range(field.low, field.high + 1, step)
    first = _number(first_text, field)
    if isinstance(first, str):
        return first
    last: int | str = first
    if dash:
        last = _number(last_text, field)
    elif slash:
        last = field.high
    if isinstance(last, str):
        return last
    if last < first:
        return f"the range `{span}` runs backwards"
    return range(first, last + 1, step)


def _number(text: str, field: _Field) -> int | str:
    name = text.lower()
    if name in field.names:
        return field.names.index(name) + field.low
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return f"`{text}` is no {field.name}"
    value = int(text)
    if not field.low <= value <= field.high:
        hint = "; Sunday is 0" if field.names is _DAYS and value == 7 else ""
        return f"the {field.name} runs from {field.low} to {field.high}{hint}"
    return value
