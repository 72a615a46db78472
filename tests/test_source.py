"""Lines and columns, in code points and in UTF-16 units."""

from __future__ import annotations

import pytest

from kubelint.source import SourceFile
from kubelint.suggest import NameIndex, is_near, nearest

TEXT = "a\r\nbé\n\n😀x\rend"


@pytest.mark.parametrize(
    ("needle", "line", "column", "utf16"),
    [("a", 1, 1, 1), ("b", 2, 1, 1), ("é", 2, 2, 2), ("😀", 4, 1, 1), ("x", 4, 2, 3), ("end", 5, 1, 1)],
)
def test_positions(needle: str, line: int, column: int, utf16: int) -> None:
    file = SourceFile("f", TEXT)
    offset = TEXT.index(needle)
    span = file.span(offset, offset + len(needle))
    assert (span.line, span.column) == (line, column)
    assert file.lines.utf16_column(offset) == utf16
    assert span.text == needle
    assert str(span) == f"f:{line}:{column}"


def test_line_texts_have_no_line_ends() -> None:
    lines = SourceFile("f", TEXT).lines
    assert [lines.line_text(number) for number in range(1, len(lines) + 1)] == ["a", "bé", "", "😀x", "end"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("pipline", "pipeline"),
        ("helloword", "helloworld"),
        ("web-config", "web-conf"),
        ("api-svc", "api-service"),
        ("db-credential", "db-credentials"),
        ("Deploymnet", "Deployment"),
        ("LOGLEVEL", "LOG_LEVEL"),
        ("kube_noce", "kube_node"),
        ("kube-node", "kube_node"),
        ("wbe", "web"),
    ],
)
def test_slips_are_near(one: str, other: str) -> None:
    assert is_near(one, other)
    assert is_near(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("web-1", "web-2"),
        ("v1", "v2"),
        ("us-east", "us-west"),
        ("app-a", "app-b"),
        ("a", "b"),
        ("db", "dc"),
        ("redis-master", "redis-replica"),
        ("same", "same"),
        ("frontend", "backend"),
    ],
)
def test_siblings_are_not(one: str, other: str) -> None:
    assert not is_near(one, other)


def test_an_index_of_many_names_finds_what_comparing_all_finds() -> None:
    names = [f"service-{first}{second}{third}" for first in "abcdefgh" for second in "klmnop" for third in "uvwxyz"]
    index = NameIndex([*names, "checkout", "storefront", "LOG_LEVEL"])
    for name in ("chekout", "storefrnt", "LOGLEVEL", "storefronts", "chcekout"):
        assert index.nearest(name) == nearest(name, index.names) != []
    assert index.nearest("nothing-like-it") == []
