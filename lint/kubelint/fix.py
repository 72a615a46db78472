"""Fixes: which of them are applied, in which order, and how files are written (floor 8).

Edits are text edits at spans, so comments, quotes, indentation and line ends stay byte for byte. Fixes that overlap
wait for the next round. A file is replaced atomically, and never when it changed after it was read; a fixed text must
parse at least as well as before, otherwise the file is left alone.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kubelint.bounded import read_bounded
from kubelint.files import RepositoryFile, decode, syntax_of
from kubelint.finding import Finding, Fix, Safety
from kubelint.source import BOM, SourceFile, TextEdit

MOST_ROUNDS = 10


@dataclass(slots=True)
class Fixed:
    """What fixing did or would do: the new text of each file, the fixes behind it, the files left alone and why."""

    texts: dict[str, str] = field(default_factory=dict)
    before: dict[str, str] = field(default_factory=dict)
    applied: list[Finding] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)

    def diff(self) -> str:
        """Return a unified diff of all files."""
        parts: list[str] = []
        for path in sorted(self.texts):
            old, new = self.before[path].splitlines(keepends=True), self.texts[path].splitlines(keepends=True)
            parts += [
                line if line.endswith("\n") else line + "\n\\ No newline at end of file\n"
                for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
            ]
        return "".join(parts)


def choose(findings: Iterable[Finding], *, unsafe: bool) -> list[Finding]:
    """Return the findings whose fixes are applied together: in the order of the text, none overlapping another."""
    wanted = [
        finding for finding in findings if finding.fix is not None and (unsafe or finding.fix.safety is Safety.SAFE)
    ]
    taken: dict[str, list[tuple[int, int]]] = {}
    chosen: list[Finding] = []
    for finding in sorted(wanted, key=lambda found: found.sort_key):
        fix = finding.fix
        assert fix is not None  # noqa: S101 - filtered above
        if _fits(fix, taken):
            for edit in fix.edits:
                taken.setdefault(edit.span.file.path, []).append((edit.span.start, edit.span.end))
            chosen.append(finding)
    return chosen


def _fits(fix: Fix, taken: dict[str, list[tuple[int, int]]]) -> bool:
    return not any(
        (edit.span.start < end and start < edit.span.end) or (edit.span.start, edit.span.end) == (start, end)
        for edit in fix.edits
        for start, end in taken.get(edit.span.file.path, ())
    )


def edited(source: SourceFile, edits: Iterable[TextEdit]) -> str:
    """Return the text of a file with edits applied."""
    text = source.text
    for edit in sorted(edits, key=lambda found: found.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def fix_all(check: Callable[[dict[str, str]], list[Finding]], *, unsafe: bool) -> Fixed:
    """Fix in rounds until nothing changes; ``check`` returns the findings with some files' texts replaced."""
    result = Fixed()
    for _ in range(MOST_ROUNDS):
        chosen = choose(check(result.texts), unsafe=unsafe)
        chosen = [finding for finding in chosen if not result.refused.keys() & _files(finding)]
        if not chosen:
            break
        edits: dict[str, list[TextEdit]] = {}
        sources: dict[str, SourceFile] = {}
        for finding in chosen:
            for edit in finding.fix.edits if finding.fix is not None else ():
                edits.setdefault(edit.span.file.path, []).append(edit)
                sources[edit.span.file.path] = edit.span.file
        changed = False
        for path, source in sources.items():
            text = edited(source, edits[path])
            if text == source.text:
                continue
            if _problems(path, text) > _problems(path, source.text):
                result.refused[path] = "the fixed text would not parse"
                continue
            result.before.setdefault(path, source.text)
            result.texts[path] = text
            changed = True
        result.applied += [finding for finding in chosen if not result.refused.keys() & _files(finding)]
        if not changed:
            break
    return result


def write(root: Path, fixed: Fixed) -> None:
    """Replace the files atomically; one that changed meanwhile or cannot be written is left alone and named."""
    for path in sorted(fixed.texts):
        reason = _replace(root / path, path, fixed.before[path], fixed.texts[path])
        if reason is not None:
            fixed.refused[path] = reason
    fixed.applied = [finding for finding in fixed.applied if not fixed.refused.keys() & _files(finding)]


def _replace(target: Path, path: str, before: str, after: str) -> str | None:
    try:
        if target.is_symlink():
            return "a link is not written through"
        raw = read_bounded(target)
        source, problems = decode(path, raw)
        if problems:
            return "it is not UTF-8 text: bytes that cannot be read would be lost"
        if source.text != before:
            return "it changed while kubelint ran"
        encoding = next((name for name in ("utf-16-le", "utf-16-be") if raw.startswith(BOM.encode(name))), "utf-8")
        mark = BOM if raw.startswith(BOM.encode(encoding)) else ""
        import tempfile  # only who writes needs it, and it brings all of shutil along

        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write((mark + after).encode(encoding))
            Path(temporary).chmod(target.stat().st_mode & 0o7777)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        return error.strerror or str(error)
    return None


def _problems(path: str, text: str) -> int:
    from kubelint.files import Limits

    file = RepositoryFile(SourceFile(path, text), syntax_of(path) or "", Limits())
    return len(file.yaml.problems)


def _files(finding: Finding) -> set[str]:
    return set() if finding.fix is None else {edit.span.file.path for edit in finding.fix.edits}
