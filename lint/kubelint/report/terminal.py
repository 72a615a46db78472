"""Text for terminals: escaping, widths and colours.

Whatever comes from the linted repository (values, names of files, source lines) may hold characters that
move the cursor, reorder the line or command a CI runner. They are shown escaped, so that the reader sees
what is there and the marks below a source line still stand under the right characters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import quote

TAB = 4
ELLIPSIS = "…"

#: What isprintable() calls unprintable and is shown nevertheless: spaces other than U+0020, private use.
_SHOWN = frozenset({"Zs", "Co"})
#: CI runners obey ``##[command]`` and ``##vso[command]`` anywhere in a line (actions/runner, ActionCommand).
_RUNNER_COMMAND = re.compile(r"##(?=\w{0,16}\[)")
_HASH = "\\x23"


@lru_cache(maxsize=1024)
def escape_character(character: str) -> str:
    r"""Return a character as it is shown: itself, or ``\n``, ``\x1b``, ``\u202e`` if it is not printable."""
    if character.isprintable() or unicodedata.category(character) in _SHOWN:
        return character
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def escape(text: str) -> str:
    """Return text for one line of a terminal or a log, with everything that is not printable escaped."""
    if not text.isprintable():
        text = "".join(map(escape_character, text))
    return _RUNNER_COMMAND.sub(lambda _: f"#{_HASH}", text) if "##" in text else text


def well_formed(text: str) -> str:
    """Return text that every UTF-8 encoder accepts: a surrogate without its other half becomes U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


@lru_cache(maxsize=4096)
def _character_width(character: str) -> int:
    if unicodedata.east_asian_width(character) in "WF":
        return 2
    # Combining marks, and the vowels and final consonants that Hangul syllables are composed of.
    if unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff":
        return 0
    return 1


def width(text: str) -> int:
    """Return the number of columns that escaped text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


class SourceLine(NamedTuple):
    """A source line as it is shown: one cell for each character, and the column on which it begins.

    ``columns`` has one entry more than ``cells``: where the line ends.
    """

    cells: tuple[str, ...]
    columns: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> SourceLine:
        """Return the line with tabs expanded and everything else that is not printable escaped."""
        if text.isascii() and text.isprintable() and "##" not in text:
            return cls(tuple(text), tuple(range(len(text) + 1)))
        commands = {found.end() - 1 for found in _RUNNER_COMMAND.finditer(text)}
        cells: list[str] = []
        columns = [0]
        for index, character in enumerate(text):
            if character == "\t":
                cell = " " * (TAB - columns[-1] % TAB)
            elif index in commands:
                cell = _HASH
            else:
                cell = escape_character(character)
            cells.append(cell)
            columns.append(columns[-1] + width(cell))
        return cls(tuple(cells), tuple(columns))

    def column(self, index: int) -> int:
        """Return the column of a character; characters behind the end of the line follow each other."""
        end = len(self.cells)
        return self.columns[index] if index <= end else self.columns[-1] + index - end

    @property
    def text(self) -> str:
        """The whole line without spaces at its end."""
        return "".join(self.cells).rstrip(" ")

    @property
    def width(self) -> int:
        """The number of columns of the line."""
        return self.columns[-1]

    def cut(self, start: int, end: int) -> str:
        """Return what is between two columns, with an ellipsis where something was cut off."""
        shown = [
            cell
            for cell, left, right in zip(self.cells, self.columns, self.columns[1:], strict=False)
            if left >= start + (start > 0) and right <= end - (end < self.width)
        ]
        first = next((left for left in self.columns if left >= start + (start > 0)), start)
        # A wide character that is cut in half leaves a column over.
        head = ELLIPSIS + " " * (first - start - 1) if start > 0 else ""
        return (head + "".join(shown) + (ELLIPSIS if end < self.width else "")).rstrip(" ")


class Paint:
    """Colours, as rustc has them; without colour every method returns the text as it came."""

    _CODES = {
        "error": "1;91",
        "warning": "1;93",
        "info": "1;96",
        "success": "1;92",
        "strong": "1",
        "gutter": "1;94",
        "faint": "2",
    }

    def __init__(self, *, color: bool, hyperlinks: bool = False) -> None:
        self.color = color
        self.hyperlinks = hyperlinks

    def __call__(self, style: str, text: str) -> str:
        """Return the text in a style."""
        return f"\x1b[{self._CODES[style]}m{text}\x1b[0m" if self.color and text else text

    def link(self, target: str, text: str) -> str:
        """Return the text as a link (OSC 8) to an absolute path."""
        if not self.hyperlinks:
            return text
        return f"\x1b]8;;file://{percent_encoded(target)}\x1b\\{text}\x1b]8;;\x1b\\"


def percent_encoded(path: str) -> str:
    """Return a path as it stands in a URI; of a name that is not UTF-8 the bytes that are on disk."""
    try:
        return quote(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return quote(well_formed(path))


def plural(count: int, noun: str, many: str = "") -> str:
    """Return ``1 file``, ``2 files``; ``many`` is the plural of nouns that do not just take an s."""
    return f"{count} {noun if count == 1 else many or noun + 's'}"


def enumeration(parts: list[str]) -> str:
    """Return ``a, b and c``."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
