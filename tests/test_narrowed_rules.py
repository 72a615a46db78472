"""A rule that is asked only about resources with certain references or keys misses nothing that it would say of others."""

from __future__ import annotations

from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.config import Settings, find_configuration, load
from kubelint.discovery import rules
from kubelint.finding import Finding
from kubelint.graph.query import Graph
from kubelint_rules.kubernetes.malformed_image import MalformedImage
from kubelint_rules.kubernetes.malformed_schedule import MalformedSchedule
from kubelint_rules.kubernetes.removed_field import RemovedField
from kubelint_schemas.kubernetes.deprecations import deprecated_fields
from kubelint_schemas.kubernetes.values import field_facts

FIXTURES = Path(__file__).parent.parent / "fixtures"
NARROWED = [rule for rule in rules() if rule.references is not None or rule.keys]
FAMILIES = sorted({rule.family() for rule in NARROWED} | {"kustomize"})


def said(graph: Graph, *, narrowed: bool) -> dict[str, list[tuple[str, str]]]:
    """Return what the narrowed rules say, asked as the runner asks them or about every subject."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rule_class in NARROWED:
        subject_class = rule_class.subject()
        everything = [graph] if subject_class is Graph else graph.subjects(subject_class)
        findings: list[Finding] = []
        for subject in rule_class.subjects(graph) if narrowed else everything:
            findings += rule_class().check(subject, graph)
        found[rule_class.identity()] = [(finding.headline, str(finding.span)) for finding in findings]
    return found


def test_there_are_such_rules() -> None:
    assert len(NARROWED) >= 20


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_not_asked_has_nothing_to_say(family: str) -> None:
    """Over every tree of the fixtures: the bad ones, the good ones, and what fixing made of them."""
    silent = {rule.identity() for rule in NARROWED if rule.family() == family}
    for tree in sorted(folder for folder in (FIXTURES / family).glob("*/*") if folder.is_dir()):
        path = find_configuration(tree)
        graph = check(tree, Settings() if path is None else load(path)).built.graph
        expected, found = said(graph, narrowed=False), said(graph, narrowed=True)
        for rule, findings in expected.items():
            assert found[rule] == findings, f"{rule} declares too few `references` or `keys` for {tree}"
            if findings:
                silent.discard(rule)
    assert silent == set(), "each of them says something in some tree, or nothing is compared"


def test_keys_that_are_in_the_data_too_are_all_named() -> None:
    """A field that is added to the data must not stay unseen because its rule does not ask for it."""
    removed = {
        field.name for fields in deprecated_fields().values() for field in fields if field.removed_in is not None
    }
    by_syntax: dict[str | None, set[str]] = {}
    for facts in field_facts().values():
        for fact in facts:
            by_syntax.setdefault(fact.syntax, set()).add(fact.name)
    assert set(RemovedField.keys) == removed
    assert set(MalformedImage.keys) == by_syntax["image"]
    assert set(MalformedSchedule.keys) >= by_syntax["schedule"] | by_syntax["time-zone"]
