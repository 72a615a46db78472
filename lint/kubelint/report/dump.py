"""JSON that may stand in the log of a CI service."""

from __future__ import annotations

import json


def dump(value: object, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> str:
    """Return JSON in ASCII that commands no CI runner.

    ``##teamcity[`` and ``##vso[`` are obeyed anywhere in a line, in a string as well; written as an escape the second
    ``#`` reads back as what it is. Outside of strings JSON has no ``#``.
    """
    return json.dumps(value, indent=indent, separators=separators, allow_nan=False).replace("##", "#\\u0023")
