"""Dates in manifests: kustomize's reader takes one that nobody has quoted for a point in time and prints it as such."""

from __future__ import annotations

import re
from calendar import monthrange

_DATE = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[Tt](\d\d?):(\d\d?):(\d\d?)(\.\d{1,9})?(Z|[-+]\d\d:\d\d))?\Z",
)


def moment(text: str) -> str | None:
    """Return the point in time that a plain text is, as kustomize prints it; None where it is none."""
    if text[4:5] != "-" or not text[:4].isdecimal():
        return None
    found = _DATE.match(text)
    if found is None or not text.isascii():
        return None
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if not 1 <= int(month) <= 12 or not 1 <= int(day) <= monthrange(max(int(year), 1), int(month))[1]:
        return None
    date = f"{year}-{month:0>2}-{day:0>2}"
    if hour is None:
        return f"{date}T00:00:00Z"
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:
        return None
    part = (fraction or "").rstrip("0").rstrip(".")
    return f"{date}T{hour:0>2}:{minute:0>2}:{second:0>2}{part}{'Z' if zone == '+00:00' else zone}"
