"""What is read off the text of the rules is what their classes say."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from kubelint.catalogue import RuleTable, entries, families, family_entries, find, of_class
from kubelint.discovery import rules


def test_the_catalogue_says_what_the_classes_say() -> None:
    assert [of_class(rule) for rule in rules()] == list(entries())
    assert [rule.page() for rule in rules()] == [entry.page() for entry in entries()]
    assert len(entries()) > 250


def test_a_rule_is_found_and_loaded_by_its_id() -> None:
    table = RuleTable(["kubernetes/key-not-found", "kubernetes/no-such-rule"], ("kubelint_rules",))
    assert table["kubernetes/key-not-found"].__name__ == "KeyNotFound"
    assert table.get("kubernetes/no-such-rule") is None
    assert table.get("kubernetes/unknown-field") is None, "it is not among those that could have fired"
    assert find("no-such-family/rule") is None


def test_a_rule_in_another_form_is_imported_and_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    family = tmp_path / "house_rules" / "shop"
    family.mkdir(parents=True)
    (family.parent / "__init__.py").write_text("")
    (family / "__init__.py").write_text("")
    (family / "cart_too_full.py").write_text(
        textwrap.dedent('''
            from kubelint.graph.query import Graph
            from kubelint.rule import Group, Rule

            GROUP = Group.STYLE
            class _Base(Rule[Graph]):
                group = GROUP

            class CartTooFull(_Base, Rule[Graph]):
                """A cart is too full."""
        ''')
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert families("house_rules") == ("shop",)
    found = {entry.identity(): entry.group.value for entry in family_entries("shop", "house_rules")}
    assert found["shop/cart-too-full"] == "style"
