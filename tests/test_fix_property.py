"""Fixing harms nothing else: on fixtures with random edits, every line that no fix touches stays byte for byte."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kubelint import fix
from kubelint.check import check
from kubelint.config import Settings
from kubelint.files import RepositoryFile, syntax_of
from kubelint.finding import Finding
from kubelint.source import SourceFile

FIXTURES = Path(__file__).parent.parent / "fixtures"
SETTINGS = Settings(extend_select=("security", "reliability", "deprecation", "style"))
TREES_OF_A_SEED = 25


def trees() -> list[Path]:
    return sorted(path for path in FIXTURES.glob("*/*/bad") if (path.parent / "fixed").is_dir())


def mutated(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    for _ in range(chance.randrange(4)):
        if not lines:
            break
        at = chance.randrange(len(lines))
        kind = chance.randrange(5)
        if kind == 0:
            lines.insert(at, lines[at])
        elif kind == 1:
            del lines[at]
        elif kind == 2:
            end = lines[at][len(lines[at].rstrip("\r\n")) :]
            lines[at] = f"{lines[at].rstrip()}  # note {chance.randrange(99)}{end}"
        elif kind == 3:
            letter = chance.randrange(max(1, len(lines[at])))
            lines[at] = lines[at][:letter] + chance.choice("x '\"-:") + lines[at][letter:]
        else:
            lines[at] = lines[at].replace('"', "'")
    end = chance.choice(["\n", "\n", "\r\n"])
    return "".join(lines).replace("\r\n", "\n").replace("\n", end)


@pytest.mark.parametrize("seed", range(6))
def test_what_no_fix_touches_stays(seed: int) -> None:
    chance = random.Random(seed)
    mended = 0
    for tree in chance.sample(trees(), TREES_OF_A_SEED):
        overlay = {
            path.relative_to(tree).as_posix(): mutated(path.read_bytes().decode(), chance)
            for path in tree.rglob("*")
            if path.is_file() and syntax_of(path.relative_to(tree).as_posix()) is not None
        }

        def findings(texts: dict[str, str], tree: Path = tree, overlay: dict[str, str] = overlay) -> list[Finding]:
            return check(tree, SETTINGS, overlay={**overlay, **texts}).findings

        fixed = fix.fix_all(findings, unsafe=True)
        for path, after in fixed.texts.items():
            before = overlay.get(path, fixed.before[path])
            mended += 1
            touched = touched_lines(path, fixed)
            if touched is not None:
                untouched = [
                    line for number, line in enumerate(before.splitlines(keepends=True), 1) if number not in touched
                ]
                assert is_subsequence(untouched, after.splitlines(keepends=True)), f"{tree}: {path}"
            assert ("\r\n" in after) == ("\r\n" in before) or "\n" not in after
            assert problems(path, after) <= problems(path, before), f"{tree}: {path}"
    assert mended > 10


def touched_lines(path: str, fixed: fix.Fixed) -> set[int] | None:
    """Return the lines of the first text that fixes have edited; None where later rounds edited what earlier ones made."""
    lines: set[int] = set()
    for finding in fixed.applied:
        assert finding.fix is not None
        for edit in finding.fix.edits:
            if edit.span.file.path == path:
                if edit.span.file.text != fixed.before[path]:
                    return None
                lines |= set(range(edit.span.line, edit.span.end_line + 1))
    return lines


def is_subsequence(wanted: list[str], lines: list[str]) -> bool:
    rest = iter(line.rstrip("\r\n") for line in lines)
    return all(line.rstrip("\r\n") in rest for line in wanted)


def problems(path: str, text: str) -> int:
    from kubelint.files import Limits

    return len(RepositoryFile(SourceFile(path, text), syntax_of(path) or "", Limits()).yaml.problems)
