"""Variables in values of compose files; what is expected was measured with compose-go."""

from __future__ import annotations

import pytest

from kubelint.source import SourceFile
from kubelint.systems.compose.interpolate import MAX_NESTING, literal, parse
from kubelint.systems.compose.short import mount, port
from kubelint.tree.node import Scalar

SET = {"SET": "value", "EMPTY": ""}


def lookup(name: str) -> tuple[bool, str | None]:
    return name in SET, SET.get(name)


def scalar(text: str, style: str | None = '"') -> Scalar:
    quoted = text if style is None else f"{style}{text}{style}"
    return Scalar(SourceFile("compose.yaml", quoted), 0, len(quoted), text, style)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("plain", "plain"),
        ("$SET/x", "value/x"),
        ("${SET}", "value"),
        ("$$SET $${SET}", "$SET ${SET}"),
        ("$$$SET", "$value"),
        ("${UNSET:-d}", "d"),
        ("${UNSET-d}", "d"),
        ("${EMPTY:-d}", "d"),
        ("${EMPTY-d}", ""),
        ("${SET:-d}", "value"),
        ("${UNSET:-${SET}}", "value"),
        ("${UNSET:-${UNSET:-inner}}!", "inner!"),
        ("${UNSET:-a}b}", "ab}"),
        ("${UNSET:-a:b-c}", "a:b-c"),
        ("${SET:+r}", "r"),
        ("${EMPTY:+r}", ""),
        ("${EMPTY+r}", "r"),
        ("${UNSET+r}", ""),
        ("${SET:?message}", "value"),
        ("^abc$", "^abc$"),
        ("$1 $(date) $-", "$1 $(date) $-"),
        ("{{ .X }} ${UNSET:-{{y}}}", "{{ .X }} {{y}}"),
    ],
)
def test_text_is_expanded_as_compose_does(text: str, expanded: str) -> None:
    assert parse(text).expand(lookup) == expanded


@pytest.mark.parametrize("text", ["$UNSET", "${UNSET}", "${UNSET:?message}", "${EMPTY:?message}", "${UNSET:-$OTHER}"])
def test_what_nobody_sets_is_unknown(text: str) -> None:
    assert parse(text).expand(lookup) is None


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("a ${} b", ["${}"]),
        ("${1}", ["${1}"]),
        ("${X Y}", ["${X Y}"]),
        ("${a.b}", ["${a.b}"]),
        ("${X^^}", ["${X^^}"]),
        ("${X:0:3}", ["${X:0:3}"]),
        ("${{ github.sha }}", ["${{ github.sha }}"]),
        ("${X:-${}}", ["${}"]),
        ("$${}", []),
    ],
)
def test_what_compose_refuses_is_marked(text: str, refused: list[str]) -> None:
    template = parse(text)
    assert [text[start:end] for start, end in template.invalid] == refused


@pytest.mark.parametrize(
    ("text", "unset"),
    [
        ("$A ${B} ${C:-c} ${D:+d} ${E:?e}", ["A", "B", "E"]),
        ("${A:-${B}}", ["B"]),
        ("${SET:-${B}}", []),
        ("${SET:+${B}}", ["B"]),
        ("${A:+${B}}", []),
        ("$$A", []),
    ],
)
def test_only_variables_in_branches_that_are_taken_are_missed(text: str, unset: list[str]) -> None:
    found = list(parse(text).unset(SET.__contains__))
    assert [variable.name for variable in found] == unset
    assert [text[variable.start : variable.end] for variable in found] == unset


def test_nesting_is_bounded() -> None:
    deep = "${A:-" * 5000 + "}" * 5000
    names = [variable.name for variable in parse(deep).variables()]
    assert len(names) == MAX_NESTING + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("db", "db"), ("$$HOME", "$HOME"), ("$${X}", "${X}"), ("$HOME", None), ("${X:-a}", None), ("{{ name }}", None)],
)
def test_literal_is_what_neither_variable_nor_template_decides(text: str, expected: str | None) -> None:
    assert literal(scalar(text)) == expected


@pytest.mark.parametrize(
    ("text", "kind", "source", "target"),
    [
        ("data:/srv", "volume", "data", "/srv"),
        ("data:/srv:ro", "volume", "data", "/srv"),
        ("./data:/srv", "bind", "./data", "/srv"),
        ("~/data:/srv", "bind", "~/data", "/srv"),
        ("/srv", "volume", None, "/srv"),
        ("${DIR:-./data}:/srv", None, "${DIR:-./data}", "/srv"),
        ("v:/data", "volume", None, "v:/data"),
        ("C:/data:/srv", "bind", "C:/data", "/srv"),
    ],
)
def test_short_mounts_are_cut_as_compose_does(text: str, kind: str | None, source: str | None, target: str) -> None:
    found = mount(scalar(text))
    assert found is not None
    assert (found.kind, found.target) == (kind, target)
    assert (None if found.source is None else found.source.span.text) == source


@pytest.mark.parametrize(
    ("text", "ports", "address", "protocol"),
    [
        ("8080:80", (8080, 8080), "", "tcp"),
        ("127.0.0.1:53:53/udp", (53, 53), "127.0.0.1", "udp"),
        ("[::1]:90:90", (90, 90), "::1", "tcp"),
        ("8000-8010:8000-8010", (8000, 8010), "", "tcp"),
        ("${UNSET:-8080}:80", (8080, 8080), "", "tcp"),
        ("${UNSET:-8080:80}", (8080, 8080), "", "tcp"),
    ],
)
def test_published_ports_are_read(text: str, ports: tuple[int, int], address: str, protocol: str) -> None:
    found = port(scalar(text), lookup)
    assert found is not None
    assert (found.start, found.end) == ports
    assert (found.address, found.protocol) == (address, protocol)


@pytest.mark.parametrize("text", ["80", "8000-8010", "127.0.0.1::80", "$UNSET:80", "0:80", "70000:80", "x:80", ""])
def test_ports_that_are_not_fixed_are_left_out(text: str) -> None:
    assert port(scalar(text), lookup) is None
