r"""Fingerprints: what a finding is recognised by in the next run, when its lines have moved.

Two of them, for two readers:

``kubelint/v1``
    Ours: rule, subject, path and the marked text with its white space normalised, no line numbers. Findings
    that are equal in all of these are told apart by a counter, in the order of the file.
``primaryLocationLineHash``
    GitHub's: the only one that code scanning matches alerts by. Its ``upload-sarif`` action works it out
    where it is absent and *warns where it finds another value than its own*, so a tool must write exactly
    that hash or none. It is written here, because an upload through the API, or by another consumer, has
    nobody who would work it out, and without it every moved line closes an alert and opens a new one; and
    it is GitHub's algorithm to the last bit. Where the text is not known (a file that could not be read)
    there is none. One case is known to differ: on line 1 of a file with a byte order mark, which GitHub
    hashes and :class:`~kubelint.source.SourceFile` does not hold.

The algorithm (github/codeql-action, ``src/fingerprints.ts``): spaces and tabs are left out, line ends are
one ``\n``, a unit 0xFFFF stands for the end of the file and zeros follow it; the hash of a line is that of
the 100 UTF-16 code units from its start, as a polynomial in 37 modulo 2**64, in hexadecimal, then ``:n``
for the n-th line with that hash.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from kubelint.finding import Finding
from kubelint.source import SourceFile

#: The names of the two fingerprints.
OWN, GITHUB = "kubelint/v1", "primaryLocationLineHash"

_WINDOW, _FACTOR, _MODULUS = 100, 37, 1 << 64
_END_OF_FILE = "\uffff"
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
#: Of a longer text only so much is looked at.
_TEXT = 1000


class Fingerprints:
    """The ``kubelint/v1`` fingerprints of all findings of a report, those of suppressed ones included.

    Suppressed findings count, so that suppressing one of two equal findings leaves the other one's
    fingerprint alone.
    """

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._found: dict[int, str] = {}
        seen: Counter[str] = Counter()
        for finding in sorted(findings, key=lambda finding: finding.sort_key):
            base = _digest(finding)
            seen[base] += 1
            self._found[id(finding)] = f"{base}:{seen[base]}"

    def __getitem__(self, finding: Finding) -> str:
        """Return the fingerprint of one of the findings."""
        return self._found[id(finding)]


def _digest(finding: Finding) -> str:
    text = " ".join(finding.span.text[:_TEXT].split())
    parts = (finding.rule, finding.subject, finding.span.file.path, text)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


class LineHashes:
    """The ``primaryLocationLineHash`` of the lines of one file; only what is asked for is worked out."""

    def __init__(self, source: SourceFile) -> None:
        units = source.text.replace("\r\n", "\n").replace("\r", "\n").replace(" ", "").replace("\t", "")
        if not units.isascii():
            units = _ASTRAL.sub(_surrogates, units)
        self._units = units + _END_OF_FILE
        self._windows: list[str] = []
        self._occurrences: list[int] = []
        seen: Counter[str] = Counter()
        start = 0
        while start >= 0:
            window = self._units[start : start + _WINDOW]
            seen[window] += 1
            self._windows.append(window)
            self._occurrences.append(seen[window])
            start = self._units.find("\n", start) + 1 or -1

    def __getitem__(self, line: int) -> str:
        """Return the hash of a line, counted from 1."""
        window = self._windows[line - 1]
        value = 0
        for unit in window:
            value = (value * _FACTOR + ord(unit)) % _MODULUS
        value = value * pow(_FACTOR, _WINDOW - len(window), _MODULUS) % _MODULUS
        return f"{value:x}:{self._occurrences[line - 1]}"


def _surrogates(found: re.Match[str]) -> str:
    """Return the two UTF-16 code units of a character beyond U+FFFF."""
    code = ord(found[0]) - 0x10000
    return chr(0xD800 + (code >> 10)) + chr(0xDC00 + (code & 0x3FF))
