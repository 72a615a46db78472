"""What earlier runs know of single files: their trees, and which rules have nothing to say of them (floor 1).

After a change of one file the others are what they were. Their trees are known by their contents, and so is what rules
that look at one object alone (``Rule.alone``) say of them, as long as what these rules may know beside the object is
the same: that is the ``environment``. Most files are silent, so only this is kept: the rules that said something are
asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from kubelint.cache_entry import Entry


class FileCache:
    """The entry of one repository under one set of options, read when first asked and written by :meth:`save`."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._trees: dict[bytes, bytes] = {}
        self._judged: dict[str, Any] | None = None

    @cached_property
    def _old(self) -> dict[str, Any]:
        return self._entry.read() or {}

    def tree(self, content: bytes) -> bytes | None:
        """Return the trees of the file with this hash as :meth:`keep_tree` was given them; they are kept on."""
        found: bytes | None = self._old.get("trees", {}).get(content)
        if found is not None:
            self._trees[content] = found
        return found

    def keep_tree(self, content: bytes, tree: bytes) -> None:
        """Keep the trees (:mod:`marshal` of a compact stream) of the file with this hash."""
        self._trees[content] = tree

    def judged(self, environment: bytes) -> Judged:
        """Return what was said of files in this environment."""
        old = self._old.get("judged", {})
        if old.get("environment") != environment:
            return Judged(frozenset(), {})
        return Judged(frozenset(old["rules"]), old["files"])

    def keep_judged(self, environment: bytes, judged: Judged) -> None:
        """Keep what was said of files."""
        self._judged = {"environment": environment, "rules": sorted(judged.rules), "files": dict(judged.files)}

    def save(self) -> None:
        """Write what this run has kept in the place of what the last one had, where something is new."""
        new = {"trees": self._trees, "judged": self._judged or {}}
        if self._trees and any(self._old.get(name) != value for name, value in new.items()):
            self._entry.write(new)


class Judged:
    """The files that ``rules`` were asked about, by hash of path and content, with those that said something."""

    def __init__(self, rules: frozenset[str], files: Mapping[bytes, tuple[str, ...]]) -> None:
        self.rules = rules
        self.files = files

    @cached_property
    def loud(self) -> frozenset[str]:
        """The rules that said something of some file."""
        return frozenset(rule for said in self.files.values() for rule in said)
