"""Rules hold to what they declare: who is asked about less misses nothing, who looks at single objects asks nobody."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

import pytest

from kubelint.check import check
from kubelint.config import Settings, find_configuration, load
from kubelint.discovery import rules
from kubelint.finding import Finding
from kubelint.graph.model import Resource
from kubelint.graph.query import Graph, Subject
from kubelint.systems.kubernetes.model import CustomResourceDefinition
from kubelint_rules.kubernetes.malformed_image import MalformedImage
from kubelint_rules.kubernetes.malformed_schedule import MalformedSchedule
from kubelint_rules.kubernetes.removed_field import RemovedField
from kubelint_schemas.kubernetes.deprecations import deprecated_fields
from kubelint_schemas.kubernetes.values import field_facts

FIXTURES = Path(__file__).parent.parent / "fixtures"
NARROWED = [rule for rule in rules() if rule.references is not None or rule.keys or rule.beside]
ALONE = [rule for rule in rules() if rule.alone]
FAMILIES = sorted({rule.family() for rule in NARROWED} | {"kustomize"})


class Secluded(Graph):
    """A graph that tells nothing but what systems call surroundings."""

    def subjects(self, kind: type[Subject]) -> list[Subject]:
        assert kind is CustomResourceDefinition, f"asks for every {kind.__name__}"
        return super().subjects(kind)

    def find(self, *_: object, **__: object) -> NoReturn:
        raise AssertionError("asks the graph for something else than the object")

    near = siblings = of_kind = outgoing = incoming = referring = is_external = network = find


class Nobody(list[Resource]):
    """The resources of a unit, about which nobody may ask."""

    def __iter__(self) -> NoReturn:
        raise AssertionError("asks for the other objects of the unit")


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


def seclude(graph: Graph) -> dict[int, list[Resource]]:
    """Make a graph tell nothing about other objects; return what takes that back."""
    graph.__class__ = Secluded
    graph._memo.clear()  # noqa: SLF001 - what was computed before must be computed again
    taken = {id(unit): unit.resources for unit in graph.units}
    for unit in graph.units:
        unit.resources = Nobody()
    return taken


def release(graph: Graph, taken: dict[int, list[Resource]]) -> None:
    graph.__class__ = Graph
    for unit in graph.units:
        unit.resources = taken[id(unit)]


def words(findings: Iterable[Finding]) -> list[tuple[str, str]]:
    return [(finding.headline, str(finding.span)) for finding in findings]


def judge_alone(graph: Graph, tree: Path) -> set[str]:
    """Ask the rules about single objects, with and without the graph; return those that said something."""
    asked = [
        (rule, subject)
        for rule in ALONE
        for subject in rule.subjects(graph)
        if subject.owner.as_written and not subject.owner.unit.incomplete
    ]
    expected = [words(rule().check(subject, graph)) for rule, subject in asked]
    taken = seclude(graph)
    try:
        for (rule, subject), said in zip(asked, expected, strict=True):
            assert words(rule().check(subject, graph)) == said, f"{rule.identity()} looks further in {tree}"
    finally:
        release(graph, taken)
    return {rule.identity() for (rule, _), said in zip(asked, expected, strict=True) if said}


def test_there_are_such_rules() -> None:
    assert len(NARROWED) >= 20
    assert len(ALONE) >= 50
    assert all(rule.references is None for rule in ALONE), "they are asked before there are references"


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_not_asked_has_nothing_to_say(family: str) -> None:
    """Over every tree of the fixtures: the bad ones, the good ones, and what fixing made of them."""
    silent = {rule.identity() for rule in NARROWED if rule.family() == family}
    alone = {rule.identity() for rule in ALONE if rule.family() == family}
    for tree in sorted(folder for folder in (FIXTURES / family).glob("*/*") if folder.is_dir()):
        path = find_configuration(tree)
        graph = check(tree, Settings() if path is None else load(path)).built.graph
        expected, found = said(graph, narrowed=False), said(graph, narrowed=True)
        for rule, findings in expected.items():
            assert found[rule] == findings, f"{rule} declares too few `references` or `keys` for {tree}"
            if findings:
                silent.discard(rule)
        alone -= judge_alone(graph, tree)
    assert alone == set(), "each of those that look at single objects says something in some tree"
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
