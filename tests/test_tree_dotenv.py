"""Reading environment files, as Compose and as kubectl and kustomize read them."""

from __future__ import annotations

import random

import pytest

from kubelint.source import SourceFile
from kubelint.tree.dotenv import Dotenv, read_dotenv, read_env_lines
from kubelint.tree.node import Scalar

SAMPLE = """\
# the database
POSTGRES_USER=yourUser
export POSTGRES_PW = "change \\"it\\"\\n" # later
 LITERAL='$HOME #1'
VPN_SERVER_URL=your.dyndns.org # free examples
CERT="-----BEGIN
 MII+=
-----END"
FROM_SHELL
yaml: style
"""


def read(text: str) -> Dotenv:
    return read_dotenv(SourceFile(".env", text))


def texts(file: Dotenv) -> list[tuple[str, str | None]]:
    return [(entry.key.text, entry.value.text if entry.value else None) for entry in file.entries]


def at(scalar: Scalar | None) -> tuple[str, int, int]:
    assert scalar is not None
    return scalar.span.text, scalar.span.line, scalar.span.column


def messages(file: Dotenv) -> list[tuple[str, str]]:
    return [(problem.message, problem.span.text) for problem in file.problems]


def test_keys_and_values_stand_where_they_are_written() -> None:
    file = read(SAMPLE)
    assert file.problems == []
    assert texts(file) == [
        ("POSTGRES_USER", "yourUser"),
        ("POSTGRES_PW", 'change "it"\n'),
        ("LITERAL", "$HOME #1"),
        ("VPN_SERVER_URL", "your.dyndns.org"),
        ("CERT", "-----BEGIN\n MII+=\n-----END"),
        ("FROM_SHELL", None),
        ("yaml", "style"),
    ]
    assert [entry.exported for entry in file.entries] == [False, True, False, False, False, False, False]
    assert at(file.entries[1].key) == ("POSTGRES_PW", 3, 8)
    assert at(file.entries[1].value) == ('"change \\"it\\"\\n"', 3, 22)
    assert at(file.entries[2].value) == ("'$HOME #1'", 4, 10)
    assert at(file.entries[3].value) == ("your.dyndns.org", 5, 16)
    assert at(file.entries[5].key) == ("FROM_SHELL", 9, 1)
    cert = file.entries[4].value
    assert cert is not None
    assert (cert.style, cert.span.line, cert.span.end_line) == ('"', 6, 8)
    assert file.entries[3].span.text == "VPN_SERVER_URL=your.dyndns.org"


# What compose-go v2 answers for each of these lines.
@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b\t#c", "b\t#c"),  # only a space makes a comment
        ("A= #x", "#x"),
        ("A=#x", "#x"),
        ("A=1 # x # y", "1"),
        ("A==b", "=b"),
        ("A=", ""),
        ("A=it's", "it's"),
        (r"A='it\'s \n'", r"it's \n"),
        (r'A="x\ty\\n\$z\0101\01\c"', "x\ty\\n$$zA\\1\\c"),
        ("A=$$B ${C:-d}", "$$B ${C:-d}"),
        ("A[0].b-c=x", "x"),
        ("A\t=\t1 ", "1"),
    ],
)
def test_values_are_read_as_compose_does(line: str, value: str) -> None:
    file = read(line)
    assert file.problems == []
    assert [text for _, text in texts(file)] == [value]


def test_behind_a_quoted_value_the_next_entry_may_begin() -> None:
    file = read('A="x" B=y\nC="z"junk\n')
    assert texts(file) == [("A", "x"), ("B", "y"), ("C", "z"), ("junk", None)]


def test_last_of_repeated_keys_takes_effect() -> None:
    file = read("A=1\nB=2\nA=3\n")
    entry = file.get("A")
    assert entry is not None
    assert at(entry.value) == ("3", 3, 3)
    assert file.get("C") is None


@pytest.mark.parametrize(
    ("line", "message", "place", "help_text"),
    [
        ("FOO BAR=1", "a key cannot contain a space", "FOO BAR", "remove the space"),
        ("this is prose", "a key cannot contain a space", "this is prose", "begin a comment with `#`"),
        ("A+=1", "unexpected `+` in a key", "+", None),
        ("=x", "a key is missing before this `=`", "=", None),
        ('A="b c', 'this `"` is never closed', '"b c', None),
    ],
)
def test_line_that_compose_refuses_is_a_problem(line: str, message: str, place: str, help_text: str | None) -> None:
    file = read(f"FIRST=1\r\n{line}\r\nLAST=2\r\n")
    assert messages(file) == [(message, place)]
    assert file.problems[0].span.line == 2
    assert file.problems[0].help == help_text
    assert file.entries[0].key.text == "FIRST"
    assert file.entries[-1].key.text == "LAST"


def test_behind_an_open_quote_keys_stay_known_but_nothing_more_is_reported() -> None:
    file = read("A='x\nMII/+abc==\nB=1\n")
    assert messages(file) == [("this `'` is never closed", "'x")]
    assert texts(file) == [("A", "x"), ("B", "1")]


def test_quote_closed_by_the_next_lines_quote_is_named_at_both_ends() -> None:
    file = read('A="x\nB="y"\n')
    assert messages(file) == [('unexpected `"` in a key', '"')]
    problem = file.problems[0]
    assert (problem.span.line, problem.span.column) == (2, 5)
    assert problem.related is not None
    assert (problem.related[0].line, problem.related[0].column) == (1, 3)


def test_lines_of_a_template_are_no_mistakes() -> None:
    file = read("{% if x %}\n{{ key }}=1\nA={{ value }}\n")
    assert file.problems == []
    assert file.templated
    assert texts(file) == [("A", "{{ value }}")]


def test_windows_line_ends_and_other_letters() -> None:
    file = read("Größe=groß \r\nB\r\nC='日本'\r\n")
    assert file.problems == []
    assert texts(file) == [("Größe", "groß"), ("B", None), ("C", "日本")]
    assert at(file.entries[2].value) == ("'日本'", 3, 3)


@pytest.mark.parametrize("text", ["", "\n \n", "# only a comment", "#\r\n"])
def test_file_without_content_has_no_entries(text: str) -> None:
    for file in (read(text), read_env_lines(SourceFile("x.env", text))):
        assert file.entries == []
        assert file.problems == []


def test_kubectl_and_kustomize_take_the_line_as_it_is() -> None:
    text = '  K=v # c\nexport Z="q"\n#comment\n\t# comment\nBARE\n E= \r\nA==b\n'
    file = read_env_lines(SourceFile("app.env", text))
    assert file.problems == []
    assert texts(file) == [
        ("K", "v # c"),
        ("export Z", '"q"'),
        ("BARE", None),
        ("E", " "),
        ("A", "=b"),
    ]
    assert at(file.entries[0].key) == ("K", 1, 3)
    assert at(file.entries[1].value) == ('"q"', 2, 10)
    assert at(file.entries[3].value) == (" ", 6, 4)


def test_a_byte_order_mark_left_in_the_text_belongs_to_no_key() -> None:
    text = "\ufeffA=1\n"
    for file in (read(text), read_env_lines(SourceFile("x.env", text))):
        assert texts(file) == [("A", "1")]
        assert at(file.entries[0].key) == ("A", 1, 2)


def check_places(file: Dotenv) -> None:
    """Assert that everything that was read lies inside the text, in order."""
    length = len(file.source.text)
    position = 0
    for entry in file.entries:
        assert position <= entry.key.start <= entry.key.end <= length
        assert entry.key.span.text == entry.key.text
        position = entry.key.end
        if entry.value is not None:
            assert position < entry.value.start <= entry.value.end <= length
            position = entry.value.end
    for problem in file.problems:
        assert 0 <= problem.span.start < problem.span.end <= length


def test_nothing_that_is_garbled_makes_the_readers_fail() -> None:
    chance = random.Random(13)
    marks = [
        "=",
        ":",
        '"',
        "'",
        "\\",
        "#",
        " #",
        "\n",
        "\r",
        "\x85",
        " ",
        "é",
        "export ",
        "{{",
        "\\0",
        "\ud800",
        "+",
    ]
    for _ in range(400):
        text = SAMPLE
        for _ in range(chance.randint(1, 5)):
            start = chance.randrange(len(text) + 1)
            end = min(len(text), start + chance.randint(0, 12))
            text = text[:start] + chance.choice([*marks, "", text[start:end] * 2]) + text[end:]
        check_places(read(text))
        check_places(read_env_lines(SourceFile("x.env", text)))
