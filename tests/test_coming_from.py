"""``docs/coming-from.md`` names every check of the other linters, and no rule that does not exist.

``tests/data/other-linters.json`` holds the names of their checks, by linter.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kubelint.discovery import families, rules

ROOT = Path(__file__).resolve().parent.parent
CHECKS: dict[str, list[str]] = json.loads((ROOT / "tests" / "data" / "other-linters.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "coming-from.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(?P<check>[^`]+)` \| (?P<rules>[^|]*) \| (?P<remark>.*) \|$", re.MULTILINE)
RULE = re.compile(rf"`((?:{'|'.join(families())})/[a-z0-9-]+)`")


def section(tool: str) -> str:
    return next(text for text in re.split(r"^## ", PAGE, flags=re.MULTILINE) if text.startswith(f"{tool}\n"))


def test_every_rule_that_is_named_exists() -> None:
    assert set(RULE.findall(PAGE)) - {rule.identity() for rule in rules()} == set()


@pytest.mark.parametrize("tool", CHECKS)
def test_every_check_has_one_row(tool: str) -> None:
    assert sorted(row["check"] for row in ROW.finditer(section(tool))) == sorted(CHECKS[tool])


@pytest.mark.parametrize("tool", CHECKS)
def test_every_row_names_a_rule_or_says_why_there_is_none(tool: str) -> None:
    silent = [
        row["check"]
        for row in ROW.finditer(section(tool))
        if not RULE.search(row["rules"]) and (not row["remark"].strip() or "**" in row["remark"])
    ]
    assert silent == []


def test_opt_in_rules_are_said_to_be() -> None:
    groups = {rule.identity(): rule.group.value for rule in rules()}
    for tool in CHECKS:
        for row in ROW.finditer(section(tool)):
            wanted = {groups[name] for name in RULE.findall(row["rules"])} - {"correctness", "suspicious"}
            assert all(group in row["remark"] for group in wanted), row["check"]
