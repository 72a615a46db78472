"""Reading INI: sections, host lines and assignments, with the very places they stand at."""

from __future__ import annotations

import random
import shlex

import pytest

from kubelint.source import SourceFile
from kubelint.tree.ini import IniFile, IniLine, IniSection, assignment, host_tokens, read_ini, variable
from kubelint.tree.node import Scalar

INVENTORY = """\
# This inventory has stacked etcd
bastion ansible_host=10.0.0.1 # in front

[kube_control_plane]
node1 ansible_host=95.54.0.12  etcd_member_name="etcd 1" # it's the first
  node[2:3].example.com:2222 ansible_user='o''k'
; an old comment

[etcd:children]   # stacked
kube_control_plane

[all:vars]
proxy = "http://proxy:3128"  # not a comment
empty =
"""


def read(text: str, *, inventory: bool = True) -> IniFile:
    return read_ini(SourceFile("inventory.ini", text), inventory=inventory)


def line_of(text: str) -> IniLine:
    return IniLine(SourceFile("hosts", text), 0, len(text))


def tokens_of(text: str) -> list[str]:
    return [token.text for token in host_tokens(line_of(text))[0]]


def at(scalar: Scalar | None) -> tuple[str, int, int]:
    assert scalar is not None
    return scalar.span.text, scalar.span.line, scalar.span.column


def titles(file: IniFile) -> list[tuple[str | None, str | None]]:
    return [(section.name, section.suffix.text if section.suffix else None) for section in file.sections]


def messages(file: IniFile) -> list[tuple[str, str]]:
    return [(problem.message, problem.span.text) for problem in file.problems]


def test_sections_and_lines_stand_where_they_are_written() -> None:
    file = read(INVENTORY)
    assert file.problems == []
    assert titles(file) == [(None, None), ("kube_control_plane", None), ("etcd", "children"), ("all", "vars")]
    preamble, nodes, etcd, variables = file.sections
    assert [line.text for line in preamble.lines] == ["bastion ansible_host=10.0.0.1 # in front"]
    assert at(nodes.header) == ("kube_control_plane", 4, 2)
    assert (nodes.lines[1].span.line, nodes.lines[1].span.column) == (6, 3)
    assert at(etcd.header) == ("etcd", 9, 2)
    assert at(etcd.suffix) == ("children", 9, 7)
    assert [line.text for line in etcd.lines] == ["kube_control_plane"]
    assert nodes.span.text.startswith("[kube_control_plane]")
    assert nodes.span.text.endswith("'o''k'")
    assert len(variables.lines) == 2


def test_host_line_is_cut_like_a_shell_line() -> None:
    line = read(INVENTORY).sections[1].lines[0]
    tokens, problems = host_tokens(line)
    assert problems == []
    assert [at(token) for token in tokens] == [
        ("node1", 5, 1),
        ("ansible_host=95.54.0.12", 5, 7),
        ('etcd_member_name="etcd 1"', 5, 32),
    ]
    assert tokens[2].text == "etcd_member_name=etcd 1"
    cut = variable(tokens[2])
    assert cut is not None
    key, value = cut
    assert at(key) == ("etcd_member_name", 5, 32)
    assert at(value) == ('"etcd 1"', 5, 49)
    assert (value.text, value.style) == ("etcd 1", '"')
    assert value.part(0, 4).text == "etcd"


def test_quotes_that_only_touch_each_other_are_one_value() -> None:
    tokens, _ = host_tokens(read(INVENTORY).sections[1].lines[1])
    cut = variable(tokens[1])
    assert cut is not None
    assert (cut[1].text, cut[1].style, cut[1].span.text) == ("ok", None, "'o''k'")


def test_token_quoted_as_a_whole_keeps_its_equals_sign_exact() -> None:
    tokens, _ = host_tokens(line_of('h "a=b c"'))
    assert (tokens[1].text, tokens[1].style) == ("a=b c", '"')
    cut = variable(tokens[1])
    assert cut is not None
    assert (cut[0].span.text, cut[1].span.text) == ("a", "b c")


def test_token_without_equals_sign_is_no_variable() -> None:
    assert variable(host_tokens(line_of("a ansible_host: 1.1.1.1"))[0][1]) is None


def test_hash_cuts_a_host_line_anywhere_and_a_semicolon_never() -> None:
    assert tokens_of("a x=1#c") == ["a", "x=1"]
    assert tokens_of("a x='1#c' # d") == ["a", "x=1#c"]
    assert tokens_of("a x=1;b") == ["a", "x=1;b"]
    assert tokens_of(r"a x=\#1 y=b\ c") == ["a", "x=#1", "y=b c"]


def test_jinja_without_spaces_stays_one_token() -> None:
    assert tokens_of("node1 dir={{ansible_env.HOME}}/releases") == [
        "node1",
        "dir={{ansible_env.HOME}}/releases",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [('a x="b c', '"b c'), ("a x=don't # y", "'t # y"), ("a x=b\\", "\\"), ('a "b\\"', '"b\\"')],
)
def test_open_quote_is_a_problem_at_the_quote(text: str, place: str) -> None:
    tokens, problems = host_tokens(line_of(text))
    assert [problem.span.text for problem in problems] == [place]
    assert tokens[0].text == "a"
    assert tokens[-1].end == len(text)


def test_host_tokens_agree_with_shlex() -> None:
    chance = random.Random(7)
    for _ in range(3000):
        text = "".join(chance.choice("ab=é'\"\\# \tx") for _ in range(chance.randint(1, 12)))
        try:
            expected: list[str] | None = shlex.split(text, comments=True)
        except ValueError:
            expected = None
        tokens, problems = host_tokens(line_of(text))
        assert bool(problems) == (expected is None), text
        if expected is not None:
            assert [token.text for token in tokens] == expected, text
        for token in tokens:
            assert 0 <= token.start <= token.end <= len(text)
            cut = variable(token)
            assert (cut is None) == ("=" not in token.text), text
            if cut is not None:
                assert f"{cut[0].text}={cut[1].text}" == token.text
                assert token.start <= cut[0].start <= cut[0].end < cut[1].start <= cut[1].end <= token.end


def test_assignment_keeps_quotes_and_what_looks_like_a_comment() -> None:
    proxy, empty = (assignment(line) for line in read(INVENTORY).sections[3].lines)
    assert proxy is not None
    assert empty is not None
    assert at(proxy[0]) == ("proxy", 13, 1)
    assert at(proxy[1]) == ('"http://proxy:3128"  # not a comment', 13, 9)
    assert (empty[0].text, empty[1].text) == ("empty", "")
    assert (empty[1].span.line, empty[1].span.column) == (14, 8)


def test_assignment_needs_a_delimiter_and_takes_the_first() -> None:
    assert assignment(line_of("just words")) is None
    cut = assignment(line_of("a=b=c"))
    assert cut is not None
    assert cut[1].text == "b=c"
    cut = assignment(line_of("url: http://x?a=b"), "=:")
    assert cut is not None
    assert (cut[0].text, cut[1].text) == ("url", "http://x?a=b")


@pytest.mark.parametrize(
    ("header", "message", "place", "title"),
    [
        (
            "[my group]",
            "a section header of an inventory cannot hold spaces",
            "[my group]",
            ("my group", None),
        ),
        ("[ g]", "a section header of an inventory cannot hold spaces", "[ g]", ("g", None)),
        ("[]", "this section header has no name", "[]", ("", None)),
        ("[:vars]", "this section header has no name", "[:vars]", ("", "vars")),
        (
            "[a:b:vars]",
            "expected `[group]`, `[group:children]` or `[group:vars]` here",
            "[a:b:vars]",
            ("a:b", "vars"),
        ),
        ("[g] ; comment", "only a `#` comment can follow a section header", "; comment", ("g", None)),
        ("[g:vars] x=1", "only a `#` comment can follow a section header", "x=1", ("g", "vars")),
        ("[kube_node", "this section header has no closing `]`", "[kube_node", ("kube_node", None)),
    ],
)
def test_bad_header_is_reported_and_still_opens_a_section(
    header: str, message: str, place: str, title: tuple[str, str | None]
) -> None:
    file = read(f"[first]\na\n{header}\nb\n[last]\nc\n")
    assert messages(file) == [(message, place)]
    assert file.problems[0].span.line == 3
    assert titles(file) == [("first", None), title, ("last", None)]
    assert [section.broken for section in file.sections] == [False, True, False]
    assert [line.text for line in file.sections[1].lines] == ["b"]


@pytest.mark.parametrize("host", ["[2001:db8::1]:22 x=1", "[1:3].example.com", "[a:c]-node", "[1:3] ansible_port=22"])
def test_host_that_begins_with_a_bracket_is_no_header(host: str) -> None:
    file = read(f"[g]\n{host}\n")
    assert file.problems == []
    assert [line.text for line in file.sections[0].lines] == [host]


def test_any_suffix_is_kept_for_the_reader_to_judge() -> None:
    file = read("[g:host]\na\n")
    assert file.problems == []
    assert titles(file) == [("g", "host")]


def test_header_made_by_a_template_is_no_mistake() -> None:
    file = read("[{{ group }}]\na\n[{{ group }}:vars]\nb=1\n")
    assert file.problems == []
    assert titles(file) == [("{{ group }}", None), ("{{ group }}", "vars")]
    assert not any(section.broken for section in file.sections)


def test_repeated_sections_are_kept_apart_and_found_by_name() -> None:
    file = read("[a]\nx\n[a:vars]\ny=1\n[a]\nz\n")
    assert [line.text for section in file.named("a") for line in section.lines] == ["x", "z"]
    assert [line.text for section in file.named("a", "vars") for line in section.lines] == ["y=1"]


def test_other_ini_files_have_headers_with_spaces_and_both_comments() -> None:
    file = read("[my defaults] ; hello\n# c\nforks = 5\n\tnext\n[a:b]\n[x] y\n", inventory=False)
    assert titles(file) == [("my defaults", None), ("a:b", None), ("x", None)]
    assert at(file.sections[0].header) == ("my defaults", 1, 2)
    assert [line.text for line in file.sections[0].lines] == ["forks = 5", "next"]
    assert messages(file) == [("only a comment can follow a section header", " y")]


def test_windows_line_ends_and_other_letters() -> None:
    file = read("[größe]\r\nnöde1 x='ü'\r\n[größe:vars]\r\nk = 日本\r\n")
    assert file.problems == []
    assert at(file.sections[0].header) == ("größe", 1, 2)
    tokens, _ = host_tokens(file.sections[0].lines[0])
    assert [at(token) for token in tokens] == [("nöde1", 2, 1), ("x='ü'", 2, 7)]
    cut = assignment(file.sections[1].lines[0])
    assert cut is not None
    assert at(cut[1]) == ("日本", 4, 5)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "; only a comment\r\n", "   \t\n"])
def test_file_without_content_has_no_sections(text: str) -> None:
    file = read(text)
    assert file.sections == []
    assert file.problems == []


def test_file_encrypted_as_a_whole_is_unknown() -> None:
    file = read("$ANSIBLE_VAULT;1.1;AES256\n3132[33\n")
    assert file.encrypted
    assert file.sections == []
    assert file.problems == []


def check_places(file: IniFile) -> None:
    """Assert that everything that was read lies inside the text, and says what stands there."""
    length = len(file.source.text)
    for section in file.sections:
        check_section(section, length)
        for line in section.lines:
            assert section.start <= line.start < line.end <= section.end
            assert line.text == line.text.strip()
            tokens, problems = host_tokens(line)
            cuts = [cut for cut in (*map(variable, tokens), assignment(line, "=:")) if cut is not None]
            for scalar in (*tokens, *(scalar for cut in cuts for scalar in cut)):
                assert line.start <= scalar.start <= scalar.end <= line.end
            for problem in problems:
                assert line.start <= problem.span.start < problem.span.end <= line.end
    for problem in file.problems:
        assert 0 <= problem.span.start < problem.span.end <= length


def check_section(section: IniSection, length: int) -> None:
    assert 0 <= section.start <= section.end <= length
    for scalar in (section.header, section.suffix):
        if scalar is not None:
            assert section.start <= scalar.start <= scalar.end <= section.end
            assert scalar.span.text == scalar.text


def test_nothing_that_is_garbled_makes_the_reader_fail() -> None:
    chance = random.Random(11)
    marks = [
        "[",
        "]",
        ":",
        "=",
        '"',
        "'",
        "\\",
        "#",
        ";",
        "\n",
        "\r",
        "\x0c",
        "\u2028",
        " ",
        "é",
        "{{",
        "\ud800",
    ]
    for _ in range(400):
        text = INVENTORY
        for _ in range(chance.randint(1, 5)):
            start = chance.randrange(len(text) + 1)
            end = min(len(text), start + chance.randint(0, 12))
            text = text[:start] + chance.choice([*marks, "", text[start:end] * 2]) + text[end:]
        check_places(read(text))
        check_places(read(text, inventory=False))
