"""A baseline: the findings that a repository had when kubelint came to it (floor 7).

An entry says how often a rule fires for one resource in one file with one value; there are no lines in it, so that it
holds while the files move on. It hides exactly so many findings and no other: a second one, one with another value, or
one in another file is reported. An entry that has nothing left to hide is reported too, and so is what an entry hid
until it expired.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

from kubelint.config import ConfigurationError, read_own, setting_problem
from kubelint.finding import Finding
from kubelint.schema import Schema
from kubelint.source import SourceFile, Span
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.node import Mapping, Node
from kubelint.tree.problem import Problem

VERSION = 1
#: Of a longer value only so much is kept; it need only be told from others of the same rule and resource.
_LONGEST = 80
_DATE = r"^\d{4}-\d{2}-\d{2}$"

_HEAD = f"""\
# Findings that kubelint leaves out of its reports, made by `kubelint baseline create`. An entry hides what the rule
# finds at this value of this resource in this file, `count` times at most (once, where it is not said). `reason` says
# why it may stay, `expires` (a day) until when.
version: {VERSION}
"""

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["version"],
    "additionalProperties": False,
    "properties": {
        "version": {"enum": [VERSION]},
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["rule", "file"],
                "additionalProperties": False,
                "properties": {
                    "rule": {"type": "string"},
                    "file": {"type": "string"},
                    "resource": {"type": "string"},
                    "value": {"type": "string"},
                    "count": {"type": "integer", "minimum": 1},
                    "reason": {"type": "string"},
                    "expires": {"type": "string", "pattern": _DATE},
                },
            },
        },
    },
}


class Identity(NamedTuple):
    """What a finding is recognised by: no lines."""

    rule: str
    file: str
    resource: str
    value: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a baseline. ``span`` is where it stands, None for one that is new."""

    identity: Identity
    count: int = 1
    reason: str | None = None
    expires: dt.date | None = None
    span: Span | None = None

    def expired(self, today: dt.date) -> bool:
        """Tell whether the day is past until which it holds; on the day itself it does."""
        return self.expires is not None and today > self.expires


@dataclass(frozen=True, slots=True)
class Baseline:
    """The entries of a baseline and the file that they come from."""

    entries: tuple[Entry, ...] = ()
    source: SourceFile | None = None


@dataclass(slots=True)
class Applied:
    """What became of the findings: ``new`` ones, those that are ``hidden``, and how the entries fared.

    ``stale`` entries hide less than they count (with the number they still hide), ``expired`` ones hide nothing any
    more although they would.
    """

    new: list[Finding] = field(default_factory=list)
    hidden: list[Finding] = field(default_factory=list)
    stale: list[tuple[Entry, int]] = field(default_factory=list)
    expired: list[Entry] = field(default_factory=list)


def identity(finding: Finding) -> Identity:
    """Return what a finding is recognised by."""
    value = " ".join(finding.span.text[: 4 * _LONGEST].split())
    return Identity(finding.rule, finding.span.file.path, finding.subject, value[:_LONGEST])


def apply(baseline: Baseline, findings: Iterable[Finding], *, running: Iterable[str], today: dt.date) -> Applied:
    """Take out of the findings those that the baseline knows.

    ``running`` are the ids of the rules that ran: an entry of another rule may still be needed.
    """
    result = Applied()
    left: Counter[Identity] = Counter()
    expired = {entry.identity for entry in baseline.entries if entry.expired(today)}
    for entry in baseline.entries:
        if entry.identity not in expired:
            left[entry.identity] += entry.count
    due: set[Identity] = set()
    for finding in findings:
        known = identity(finding)
        if left[known] > 0:
            left[known] -= 1
            result.hidden.append(finding)
            continue
        result.new.append(finding)
        if known in expired:
            due.add(known)
    result.expired = [entry for entry in baseline.entries if entry.identity in due]
    active = frozenset(running)
    for entry in baseline.entries:
        known = entry.identity
        if known in due or known.rule not in active:
            continue
        spare = entry.count if known in expired else min(left[known], entry.count)
        if spare:
            left[known] -= spare
            result.stale.append((entry, entry.count - spare))
    return result


def create(findings: Iterable[Finding], previous: Baseline | None = None) -> Baseline:
    """Return a baseline of these findings; what stays the same keeps its reason and its date."""
    counts = Counter(identity(finding) for finding in findings)
    before = {} if previous is None else {entry.identity: entry for entry in previous.entries}
    entries = [
        replace(before.get(known, Entry(known)), count=count, span=None) for known, count in sorted(counts.items())
    ]
    return Baseline(tuple(entries))


def prune(baseline: Baseline, stale: Iterable[tuple[Entry, int]]) -> Baseline:
    """Return the baseline without what its entries no longer hide."""
    rest = {id(entry): count for entry, count in stale}
    kept = [
        replace(entry, count=rest.get(id(entry), entry.count))
        for entry in baseline.entries
        if rest.get(id(entry), entry.count)
    ]
    return Baseline(tuple(kept), baseline.source)


def dump(baseline: Baseline) -> str:
    """Return the text of a baseline: an entry takes few lines, in an order that merges well."""
    lines = [_HEAD]
    lines.append("findings:\n" if baseline.entries else "findings: []\n")
    for entry in sorted(baseline.entries, key=lambda entry: (entry.identity.file, entry.identity)):
        known = entry.identity
        lines.append(f"- rule: {known.rule}\n  file: {_text(known.file)}\n")
        if known.resource:
            lines.append(f"  resource: {_text(known.resource)}\n")
        if known.value:
            lines.append(f"  value: {_text(known.value)}\n")
        if entry.count != 1:
            lines.append(f"  count: {entry.count}\n")
        if entry.reason:
            lines.append(f"  reason: {_text(entry.reason)}\n")
        if entry.expires:
            lines.append(f"  expires: {entry.expires.isoformat()}\n")
    return "".join(lines)


def load(path: Path, shown: str | None = None, *, within: Path | None = None) -> Baseline:
    """Read a baseline file; raises :class:`ConfigurationError`, as :func:`parse` does, where it cannot be read.

    ``within`` is the folder that a link must not lead out of; None where the user named the file.
    """
    source, problems = read_own(path, shown, within=within)
    if problems:
        raise ConfigurationError(problems)
    return parse(source)


def parse(source: SourceFile) -> Baseline:
    """Read a baseline; raises :class:`ConfigurationError` with every mistake in it: half of one would hide too much."""
    from kubelint.tree.yaml import read_yaml  # only where there is a file

    stream = read_yaml(source)
    found: list[Problem] = list(stream.problems)
    root = stream.documents[0].root if stream.documents else None
    if root is None and not found:
        found.append(Problem("the baseline is empty: it has no `version`", source.span(0, 0)))
    if root is not None:
        found += [setting_problem(error) for error in Schema(_SCHEMA).errors(root, GO_YAML_V3)]
    if found or root is None:
        raise ConfigurationError(found)
    entries = [_entry(node, found) for node in root.items_at("findings") if isinstance(node, Mapping)]
    if found:
        raise ConfigurationError(found)
    return Baseline(tuple(entries), source)


def _entry(node: Mapping, problems: list[Problem]) -> Entry:
    known = Identity(*(node.text_at(name) or "" for name in ("rule", "file", "resource", "value")))
    expires = None
    if (text := node.text_at("expires")) is not None:
        try:
            expires = dt.date.fromisoformat(text)
        except ValueError:
            problems.append(Problem(f"`{text}` is no day of the calendar", _at(node, "expires").span))
    rule = _at(node, "rule")
    return Entry(known, int(node.text_at("count") or 1), node.text_at("reason"), expires, rule.span)


def _at(node: Mapping, name: str) -> Node:
    return node.at(name) or node


def _text(text: str) -> str:
    """Return a scalar that reads as this text: plain where nothing can go wrong, else as JSON, which YAML includes."""
    plain = text and text[0].isalpha() and all(c.isalnum() or c in "/._- " for c in text) and text == text.strip()
    words = text.lower() not in ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
    return text if plain and words and text.isascii() else json.dumps(text)
