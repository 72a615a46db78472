"""Every rule through its fixtures: ``fixtures/<system>/<rule>/{bad,good*}``.

A file of ``bad`` carries ``# expect: <rule>`` on each line with a finding (or ``expect.txt`` beside ``bad`` says
``path:line rule``); nothing else may be found there. Trees named ``good*`` yield nothing from any rule. The terminal
frame of ``bad`` is the golden file ``expected.txt``; ``pytest tests/test_rules.py --update-golden`` writes it.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kubelint import baseline
from kubelint.check import Report, check
from kubelint.config import BASELINE_NAME, Settings, find_configuration, load
from kubelint.discovery import families, rules
from kubelint.report import Options, render
from kubelint.rule import DEFAULT_GROUPS, Rule

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
TODAY = date(2026, 6, 1)
EXPECT = re.compile(r"[#;]\s*expect:\s*(?P<rules>[a-z0-9/, -]+?)\s*$")
BY_ID: dict[str, type[Rule[Any]]] = {rule.identity(): rule for rule in rules()}
#: What only the runner or a broken file system can bring about is tested in test_check.py.
WITHOUT_FIXTURES = {"repository/rule-crashed", "repository/unreadable-file", "repository/bound-reached"}


def rule_folders() -> list[str]:
    return sorted(
        f"{system.name}/{folder.name}"
        for system in FIXTURES.iterdir()
        if system.is_dir() and system.name != "repositories"
        for folder in system.iterdir()
        if folder.is_dir()
    )


def run(tree: Path, identity: str, overlay: dict[str, str] | None = None) -> Report:
    path = find_configuration(tree)
    settings = Settings() if path is None else load(path)
    rule = BY_ID[identity]
    if rule.group not in DEFAULT_GROUPS:
        settings = settings.with_changes(extend_select=(*settings.extend_select, identity))
    entries = tree / BASELINE_NAME
    known = baseline.load(entries) if entries.exists() else None
    return check(tree, settings, overlay=overlay, baseline=known, today=TODAY)


def found(report: Report) -> set[tuple[str, int, str]]:
    return {(finding.span.file.path, finding.span.line, finding.rule) for finding in report.findings}


def expected(tree: Path) -> set[tuple[str, int, str]]:
    lines: set[tuple[str, int, str]] = set()
    sidecar = tree.parent / "expect.txt"
    if sidecar.exists():
        for line in sidecar.read_text(encoding="utf-8").splitlines():
            if line.strip():
                place, _, rule = line.strip().partition(" ")
                path, _, line_number = place.rpartition(":")
                lines.add((path, int(line_number), rule.strip()))
    for file in sorted(tree.rglob("*")):
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")
            for number, line in enumerate(text.splitlines(), 1):
                match = EXPECT.search(line)
                if match:
                    for rule in match["rules"].split(","):
                        lines.add((file.relative_to(tree).as_posix(), number, rule.strip()))
    return lines


@pytest.mark.parametrize("identity", rule_folders())
def test_bad_tree_shows_the_mistake_and_nothing_else(identity: str, update_golden: bool) -> None:
    tree = FIXTURES / identity / "bad"
    report = run(tree, identity)
    assert found(report) == expected(tree)
    assert any(finding.rule == identity for finding in report.findings)
    text = render("text", report, Options())
    golden = FIXTURES / identity / "expected.txt"
    if update_golden:
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "tree",
    [
        folder.relative_to(FIXTURES).as_posix()
        for identity in rule_folders()
        for folder in sorted((FIXTURES / identity).glob("good*"))
    ],
)
def test_good_tree_is_silent(tree: str) -> None:
    identity = tree.rpartition("/")[0]
    report = run(FIXTURES / tree, identity)
    assert [f"{finding.span}: {finding.rule}: {finding.headline}" for finding in report.findings] == []


@pytest.mark.parametrize("identity", sorted(set(BY_ID) - WITHOUT_FIXTURES))
def test_rule_has_a_bad_and_a_good_fixture(identity: str) -> None:
    folder = FIXTURES / identity
    assert (folder / "bad").is_dir()
    assert list(folder.glob("good*"))


def test_every_fixture_belongs_to_a_rule() -> None:
    assert [folder for folder in rule_folders() if folder not in BY_ID] == []


def test_every_rule_module_holds_the_one_rule_that_it_is_named_after() -> None:
    for family in families():
        for rule in (found for found in BY_ID.values() if found.family() == family):
            module = rule.__module__.rpartition(".")[2]
            assert rule.slug().replace("-", "_") == module
