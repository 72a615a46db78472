"""The manual page of each rule: it has its sections, its example runs, and docs/rules holds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kubelint import baseline
from kubelint.check import check
from kubelint.config import BASELINE_NAME, Settings, find_configuration, load
from kubelint.discovery import rules
from kubelint.rule import DEFAULT_GROUPS, Rule

BLOCK = re.compile(r"^```(?P<language>\S+)[ \t]+(?P<name>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
#: Nothing that can be written down in an example makes these fire.
WITHOUT_EXAMPLE = {"repository/rule-crashed", "repository/unreadable-file", "repository/bound-reached"}
RULES = {rule.identity(): rule for rule in rules()}


@pytest.mark.parametrize("identity", sorted(RULES))
def test_page_has_all_sections_in_order(identity: str) -> None:
    rule = RULES[identity]
    headings = [heading for heading, _ in rule.sections()]
    wanted = ["Why", "Example", "Stays silent when", "Source"]
    if identity in WITHOUT_EXAMPLE:
        wanted.remove("Example")
    assert [heading for heading in headings if heading in wanted] == wanted
    assert rule.summary().endswith(".")
    assert len(rule.summary()) <= 120


@pytest.mark.parametrize("identity", sorted(set(RULES) - WITHOUT_EXAMPLE))
def test_example_shows_the_mistake(identity: str, tmp_path: Path) -> None:
    rule: type[Rule[Any]] = RULES[identity]
    blocks = list(BLOCK.finditer(dict(rule.sections())["Example"]))
    assert blocks, "the example is a fenced block with a language and a file name"
    for block in blocks:
        path = tmp_path / block["name"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block["text"], encoding="utf-8")
    configuration = find_configuration(tmp_path)
    settings = Settings() if configuration is None else load(configuration)
    if rule.group not in DEFAULT_GROUPS:
        settings = settings.with_changes(extend_select=(*settings.extend_select, identity))
    entries = tmp_path / BASELINE_NAME
    findings = check(tmp_path, settings, baseline=baseline.load(entries) if entries.exists() else None).findings
    assert identity in {finding.rule for finding in findings}
