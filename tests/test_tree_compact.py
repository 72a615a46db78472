"""The compact reader and the full one make the same trees, or the compact one leaves the text to the full one."""

from __future__ import annotations

import marshal
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kubelint.source import SourceFile
from kubelint.tree.compact import MAX_DEPTH, compact
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.yaml import read_whole, stream_of

FIXTURES = Path(__file__).parent.parent / "fixtures"
AWKWARD = [
    "",
    "# nothing\n",
    "---\n---\na: 1\n",
    "a: b",
    "a: 'it''s'",
    'a: "x\\ty"\nb: "two\n  lines"',
    "a: two\n  lines\nb: >-\n  folded\n  text\n",
    "a:\n- b\n-\n  - c\n  -\n- d: e\n  f:\n",
    "[a, {b: c}, [], {}]",
    "a\nb",
    "? long\n: value\n",
    "é😀: ü\nb: ö\n...\n---\nc: " + "x" * 300,
    "null",
    "~: 1\nnull: 2",
    "a: {b: [c, d], e: }\n",
    "a: |\n  text\n\n\n# done\n",
    "%YAML 1.1\n---\na: yes\n",
]
LEFT_TO_THE_FULL_READER = ["a: &x b\nc: *x", "a: !!str 1", "a: {{ .Values.b }}", "a: 1\na: 2", "? [a]\n: b", "a: b: c"]


def shape(node: Node | None) -> object:
    """Return all that a node and what is below it say."""
    if node is None:
        return None
    place = (node.start, node.end, node.tag)
    if isinstance(node, Scalar):
        return (*place, node.text, node.style)
    if isinstance(node, Mapping):
        return (*place, node.flow, [(shape(key), shape(value)) for key, value in node.entries])
    assert isinstance(node, Sequence)
    return (*place, node.flow, [shape(child) for child in node.children])


def assert_same(text: str) -> bool:
    source = SourceFile("f.yaml", text)
    documents = compact(text, MAX_DEPTH)
    if documents is None:
        return False
    whole = read_whole(source)
    assert whole.problems == []
    documents = marshal.loads(marshal.dumps(documents))  # noqa: S302 - our own bytes
    lazy = stream_of(source, documents)
    for dialect in (GO_YAML_V2, GO_YAML_V3):  # before the nodes are made, and after
        data = [None if document.root is None else document.root.data(dialect) for document in lazy.documents]
        assert data == [None if document.root is None else document.root.data(dialect) for document in whole.documents]
    assert [(document.start, document.end, shape(document.root)) for document in lazy.documents] == [
        (document.start, document.end, shape(document.root)) for document in whole.documents
    ]
    return True


@pytest.mark.parametrize("text", AWKWARD)
def test_both_readers_agree_on_awkward_texts(text: str) -> None:
    assert assert_same(text)


@pytest.mark.parametrize("text", LEFT_TO_THE_FULL_READER)
def test_what_lists_cannot_hold_is_left_to_the_full_reader(text: str) -> None:
    assert compact(text, MAX_DEPTH) is None


def texts() -> Iterator[str]:
    for path in sorted(FIXTURES.rglob("*.y*ml")):
        yield path.read_bytes().decode(errors="replace")


def test_both_readers_agree_on_all_fixtures() -> None:
    assert sum(map(assert_same, texts())) > 500


def test_both_readers_agree_on_mutated_fixtures() -> None:
    chosen = random.Random(8)
    for text in list(texts())[::5]:
        if text:
            place = chosen.randrange(len(text))
            assert_same(text[:place] + chosen.choice("\n\t :-{}[]'\"#&*!?|>,") + text[place + chosen.randrange(2) :])
            lines = text.splitlines(keepends=True)
            line = chosen.randrange(len(lines))
            assert_same("".join([*lines[:line], " " + lines[line], *lines[line + 1 :]]))
