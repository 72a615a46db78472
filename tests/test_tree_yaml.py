"""YAML trees: exact places in every style, and no input that makes the reader fail."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
import yaml

from kubelint.source import SourceFile
from kubelint.tree.dialect import GO_YAML_V2, GO_YAML_V3, PYYAML
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.problem import BoundExceeded, DuplicateKey, SyntaxProblem
from kubelint.tree.yaml import YamlStream, read_yaml

SHARED = Path(os.environ.get("KUBELINT_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))


def read(text: str) -> YamlStream:
    return read_yaml(SourceFile("f.yaml", text))


def root(text: str) -> Node:
    stream = read(text)
    assert stream.problems == []
    node = stream.documents[0].root
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("text", "path", "shown", "value"),
    [
        ("a: b", ["a"], "b", "b"),
        ("a:   b   # c", ["a"], "b", "b"),
        ("a: 'it''s'", ["a"], "'it''s'", "it's"),
        ('a: "x\\ty"', ["a"], '"x\\ty"', "x\ty"),
        ("a: {b: [c, d]}", ["a", "b", 1], "d", "d"),
        ("a:\n- b\n- c: d\n", ["a", 1, "c"], "d", "d"),
        ("a: &x b\nc: *x\n", ["c"], "&x b", "b"),
        ("a: two\n  lines\n", ["a"], "two\n  lines", "two lines"),
        ("é😀: ü\nb: ö\n", ["b"], "ö", "ö"),
        ("a: !!str 5", ["a"], "!!str 5", "5"),
        ('{"a": {"b": 1.50}}', ["a", "b"], "1.50", "1.50"),
    ],
)
def test_values_and_their_places(text: str, path: list[str | int], shown: str, value: str) -> None:
    node = root(text).at(*path)
    assert isinstance(node, Scalar)
    assert node.text == value
    assert node.span.text == shown


def test_block_scalars_and_containers_end_where_they_end() -> None:
    tree = root("a:\n  b: |\n    x\n    y\nc:\n- 1\n\n# done\nd: e\n")
    block = tree.at("a", "b")
    assert isinstance(block, Scalar)
    assert block.text == "x\ny\n"
    assert block.span.text.startswith("|\n    x\n    y")
    sequence = tree.at("c")
    assert isinstance(sequence, Sequence)
    assert sequence.span.text == "- 1"
    assert isinstance(tree, Mapping)
    key = tree.key("d")
    assert key is not None
    assert str(key.span) == "f.yaml:9:1"


def test_merge_keys_and_overrides() -> None:
    tree = root("d: &d {a: 1, b: 2}\ne: &e {b: 3, c: 4}\nf:\n  <<: [*d, *e]\n  a: 9\n")
    assert tree.at("f").data(PYYAML) == {"a": 9, "b": 2, "c": 4}  # type: ignore[union-attr]


def test_a_quoted_merge_key_is_a_key() -> None:
    assert root('{"<<": {a: 1}}').at("<<", "a") is not None


def test_duplicate_keys_are_both_kept_and_reported() -> None:
    stream = read("a: 1\nb: 2\na: 3\n")
    assert [type(problem) for problem in stream.problems] == [DuplicateKey]
    assert str(stream.problems[0].span) == "f.yaml:3:1"
    assert stream.problems[0].related is not None
    assert str(stream.problems[0].related[0]) == "f.yaml:1:1"
    assert stream.documents[0].root.text_at("a") == "3"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "good", "line"),
    [
        ("a: 1\n---\nb: [1,\n---\nc: 3\n", ["a", "c"], 4),
        ("a: 1\n---\nb: c: d\n---\nc: 3\n", ["a", "c"], 3),
        ("a: 1\n---\n\tb: c\n---\nc: 3\n", ["a", "c"], 3),
        ("a: 1\n---\nb: @x\n---\nc: 3\n---\nd: 'x\n", ["a", "c"], 3),
        ("a: 1\r\n---\r\nb: @x\r\n---\r\nc: 3\r\n", ["a", "c"], 3),
    ],
)
def test_a_broken_document_hides_no_neighbour(text: str, good: list[str], line: int) -> None:
    stream = read(text)
    roots = [document.root for document in stream.documents if document.root is not None]
    assert [next(node.pairs())[0].text for node in roots] == good
    assert all(isinstance(problem, SyntaxProblem) for problem in stream.problems)
    assert stream.problems[0].span.line == line
    for node in roots:
        key = next(node.pairs())[0]
        assert key.span.text == key.text


def test_templates_are_opaque_and_no_errors() -> None:
    value = root("a: {{ .Values.x }}\n").at("a")
    assert isinstance(value, Scalar)
    assert value.opaque
    assert value.span.text == "{{ .Values.x }}"
    stream = read("a: b\n{{- if .x }}\nc: d\n{{- end }}\n")
    assert stream.problems == []
    assert stream.documents[0].templated


def test_recursive_and_unknown_aliases() -> None:
    assert [type(problem) for problem in read("a: &a [*a]\n").problems] == [SyntaxProblem]
    assert [type(problem) for problem in read("a: *b\n").problems] == [SyntaxProblem]


def test_bounds() -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    for one, other in zip("abcdefgh", "bcdefghi", strict=True):
        bomb += f"{other}: &{other} [" + ", ".join([f"*{one}"] * 10) + "]\n"
    assert [type(problem) for problem in read(bomb).problems] == [BoundExceeded]
    assert [type(problem) for problem in read("a: " + "[" * 5000 + "]" * 5000).problems] == [BoundExceeded]
    deep = read("a: " + "[" * 500 + "]" * 500 + "\nb: c\n")
    assert [type(problem) for problem in deep.problems] == [BoundExceeded]
    assert deep.documents[0].root.text_at("b") == "c"  # type: ignore[union-attr]


def _inside(stream: YamlStream, text: str) -> None:
    for document in stream.documents:
        assert 0 <= document.start <= document.end <= len(text)
        seen: set[int] = set()
        pending = [document.root] if document.root is not None else []
        while pending:
            node = pending.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            assert 0 <= node.start <= node.end <= len(text)
            if isinstance(node, Mapping):
                pending.extend(part for entry in node.entries for part in entry)
            else:
                pending.extend(node.items())
    for problem in stream.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


SAMPLES = [
    "a: &x {b: [c, 'd', \"e\"]}\nf: *x\n<<: *x\n---\ng: |\n  h\n  i\nj: >-\n  k\n...\n---\n? [l]\n: m\n",
    "apiVersion: v1\nkind: List\nitems:\n- kind: Pod # x\n  metadata: {name: 'a'}\n- {{ .Values.x }}\n\ttab: 1\r\n",
    "%YAML 1.1\n--- !!map\na: !!binary aGk=\nb: 😀\u0085c\n'x': \"\\u263a\"\n",
]


def test_no_input_makes_it_fail() -> None:
    chance = random.Random(7)
    alphabet = "abc:-{}[]\"'|>&*#!%@`,?\n\r\t \\\x00\x07\x85\u2028\ufeff\ud800😀<0"
    for _ in range(1500):
        text = chance.choice(SAMPLES)
        for _ in range(chance.randrange(1, 6)):
            position = chance.randrange(len(text) + 1)
            kind = chance.randrange(3)
            if kind == 0:
                text = text[:position] + chance.choice(alphabet) + text[position:]
            elif kind == 1:
                text = text[:position] + text[position + chance.randrange(1, 8) :]
            else:
                text = text[:position] + text[chance.randrange(len(text) + 1) :]
        _inside(read(text), text)


@pytest.mark.skipif(not (SHARED / "corpus/yaml-test-suite").is_dir(), reason="the yaml-test-suite is not at hand")
def test_the_yaml_test_suite_never_makes_it_fail() -> None:
    files = [path for path in (SHARED / "corpus/yaml-test-suite").rglob("*") if path.is_file()]
    assert files
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace").removeprefix("\ufeff")
        _inside(read(text), text)


@pytest.mark.parametrize(
    ("text", "go2", "go3", "python"),
    [
        ("true", True, True, True),
        ("yes", True, "yes", True),
        ("on", True, "on", True),
        ("y", True, "y", "y"),
        ("N", False, "N", "N"),
        ("010", 8, 8, 8),
        ("0o14", 12, 12, "0o14"),
        ("0x1F", 31, 31, 31),
        ("1_000", 1000, 1000, 1000),
        ("1.10", 1.1, 1.1, 1.1),
        ("1e3", 1000.0, 1000.0, "1e3"),
        ("1.5e+3", 1500.0, 1500.0, 1500.0),
        ("12:30:45", "12:30:45", "12:30:45", 45045),
        ("22:22", "22:22", "22:22", 1342),
        ("2020-01-01", "2020-01-01", "2020-01-01", "2020-01-01"),
        (".inf", float("inf"), float("inf"), float("inf")),
        ("~", None, None, None),
        ("1.2.3", "1.2.3", "1.2.3", "1.2.3"),
        ("-", "-", "-", "-"),
        ("8080:80", "8080:80", "8080:80", "8080:80"),
    ],
)
def test_dialects(text: str, go2: object, go3: object, python: object) -> None:
    assert [dialect.resolve(text) for dialect in (GO_YAML_V2, GO_YAML_V3, PYYAML)] == [go2, go3, python]


def test_the_python_dialect_is_what_pyyaml_does() -> None:
    chance = random.Random(3)
    differing = []
    for _ in range(6000):
        text = "".join(chance.choice("0123456789_.+-:eExobyn~") for _ in range(chance.randrange(1, 7)))
        try:
            loaded = yaml.safe_load(f"[{text}]")
        except (yaml.YAMLError, ValueError):
            continue
        if not (isinstance(loaded, list) and len(loaded) == 1) or isinstance(loaded[0], dict | list):
            continue
        value = loaded[0]
        mine = PYYAML.resolve(text.strip())
        if hasattr(value, "isoformat") or (isinstance(value, float) and value != value):
            continue
        if mine != value or type(mine) is not type(value):
            differing.append((text, value, mine))
    assert differing == []
