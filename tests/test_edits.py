"""Edits of structure: what the text is after them, and where none is offered."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from kubelint import edits
from kubelint.source import SourceFile, TextEdit
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import read_yaml


def parse(text: str) -> Mapping:
    root = read_yaml(SourceFile("a.yaml", text)).documents[0].root
    assert isinstance(root, Mapping)
    return root


def at(text: str, *path: str | int) -> Node:
    node = parse(text).at(*path)
    assert node is not None
    return node


def applied(text: str, made: Iterable[TextEdit | None]) -> str | None:
    """The text after the edits; None where one of them is not offered."""
    for edit in sorted(made, key=lambda one: -one.span.start if one else 0):
        if edit is None:
            return None
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("spec:\n  a: 1\n", "spec:\n  new: x\n  a: 1\n"),
        ("spec:\r\n  a: 1\r\n", "spec:\r\n  new: x\r\n  a: 1\r\n"),
        ("spec: {a: 1}\n", "spec: {new: x, a: 1}\n"),
        ("spec: {}\n", None),
        ("spec: &anchor\n  a: 1\n", "spec: &anchor\n  new: x\n  a: 1\n"),
    ],
)
def test_a_field_is_put_before_the_first_one(text: str, after: str | None) -> None:
    spec = at(text, "spec")
    assert isinstance(spec, Mapping)
    assert applied(text, [edits.insert_field(spec, "new: x")]) == after


def test_a_field_of_an_item_is_put_behind_its_dash() -> None:
    text = "list:\n- a: 1\n"
    item = at(text, "list", 0)
    assert isinstance(item, Mapping)
    assert applied(text, [edits.insert_field(item, "new: x")]) == "list:\n- new: x\n  a: 1\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("spec:\n  a: 1\n  b: 2 # why\n", "spec:\n  a: 1\n"),
        ("spec:\n  b: 2\n  a: 1", "spec:\n  a: 1"),
        ("spec:\n  b: 2\n", None),  # nothing would be left
        ("spec: {a: 1, b: 2}\n", None),
        ("spec:\n  a: 1\n  b:\n    c: 2\n", None),  # more than a line
    ],
)
def test_an_entry_is_taken_out_with_its_line(text: str, after: str | None) -> None:
    spec = at(text, "spec")
    assert isinstance(spec, Mapping)
    assert applied(text, [edits.remove_entry(spec, "b")]) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("list:\n- a\n- b\n", "list:\n- a\n- b\n- c\n"),
        ("list:\n  - a\n  - b # why\n", "list:\n  - a\n  - b\n  - c # why\n"),
        ("list: [a, b]\n", "list: [a, b, c]\n"),
    ],
)
def test_an_item_is_put_behind_the_last_one(text: str, after: str) -> None:
    last = at(text, "list", 1)
    assert isinstance(last, Scalar)
    assert applied(text, [edits.append_item(last, "c")]) == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a: old\n", "a: new\n"),
        ("a: 'old'\n", "a: 'new'\n"),
        ('a: "old"\n', 'a: "new"\n'),
        ('a: "o\\x6cd"\n', None),  # not written as it reads
        ("a: |\n  old\n", None),
    ],
)
def test_a_value_keeps_its_quotes(text: str, after: str | None) -> None:
    node = at(text, "a")
    assert isinstance(node, Scalar)
    assert applied(text, [edits.replace_value(node, "new")]) == after
    fix = edits.replacement(node, "new")
    assert (applied(text, fix.edits) if fix else None) == after


def test_lines_are_pushed_to_the_right_and_blank_ones_are_not() -> None:
    text = "a: |\n  one\n\n  two\nb: 1\n"
    assert applied(text, edits.indent(at(text, "a"), 2)) == "a: |\n    one\n\n    two\nb: 1\n"


def test_the_end_of_a_block_leaves_out_what_follows_it() -> None:
    text = "a:\n  b:\n  - one\n  - two\n\n# of c\nc: 1\n"
    assert text[: edits.end_of(at(text, "a"))] == "a:\n  b:\n  - one\n  - two"


def test_whole_lines_take_the_line_end_along() -> None:
    source = SourceFile("a.yaml", "a: 1\nb: 2\nc: 3")
    assert edits.whole_lines(source, 6, 7).text == "b: 2\n"
    assert edits.whole_lines(source, 6, 11).text == "b: 2\nc: 3"
