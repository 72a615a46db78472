r"""Escapes of half characters, ``\ud83d\ude00``: JSON joins two of them to one character, YAML refuses them (floor 1).

Measured with the readers that the tools are built on: Go's ``encoding/json`` reads the pair as one character and a half
as U+FFFD; go-yaml (v2, v3 and ``sigs.k8s.io/yaml`` above them) ends with "found invalid Unicode character escape code",
as libyaml does. kubectl takes a file whose text begins with ``{`` for JSON (``YAMLOrJSONDecoder``).
"""

from __future__ import annotations

import json
import re

from kubelint.source import SourceFile, Span

#: What libyaml says of such an escape, and of ``\U00110000``.
REFUSED = "found invalid Unicode character escape code"
_HALF = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
_ESCAPE = re.compile(r"\\(?:u[dD][89a-fA-F][0-9a-fA-F]{2}|[^\n])")
_HALVES = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_ANY = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2})")
_LONE = re.compile("[\ud800-\udfff]")


def has_halves(source: SourceFile) -> bool:
    """Tell whether a text is read as JSON, and has escapes that only readers of JSON take."""
    text = source.text
    return _HALF.search(text) is not None and (source.path.endswith(".json") or text.lstrip().startswith("{"))


def without_halves(text: str) -> str:
    r"""Return a text of the same length that a reader of YAML takes: with ``\ufffd`` for each half."""
    return _ESCAPE.sub(lambda found: "\\ufffd" if len(found[0]) > 2 else found[0], text)


def joined(written: str, read: str) -> str:
    """Return what JSON reads in a scalar, from how it is written (its quotes included) and what YAML read instead."""
    if not written.startswith('"') or not _HALF.search(written):
        return read
    try:
        return _LONE.sub("\ufffd", str(json.loads(written, strict=False)))
    except ValueError:  # it has other escapes that only YAML knows
        return read


def refused(source: SourceFile, offset: int) -> tuple[str, Span, str]:
    """Return what is wrong with the escape whose digits begin at an offset, where it stands, and what to write."""
    text, start = source.text, max(offset - 2, 0)
    pair = _HALVES.match(text, start)
    if pair is not None:
        code = 0x10000 + ((int(pair[1], 16) - 0xD800) << 10) + (int(pair[2], 16) - 0xDC00)
        message = f"`{pair[0]}` is one character in JSON; YAML does not join the two escapes and refuses the file"
        return message, source.span(start, pair.end()), f"write the character itself, or `\\U{code:08X}`"
    found = _ANY.match(text, start)
    end = found.end() if found is not None else min(start + 1, len(text))
    half = _HALF.match(text, start) is not None
    message = f"`{text[start:end]}` is " + ("half of a character" if half else "no character")
    return message, source.span(start, end), "write the character that is meant"
