"""nginx configuration to directives with their places."""

from __future__ import annotations

import pytest

from kubelint.source import SourceFile
from kubelint.tree.nginx import NginxFile, read_nginx


def read(text: str) -> NginxFile:
    return read_nginx(SourceFile("nginx.conf", text))


def shown(text: str) -> list[tuple[str, list[str]]]:
    return [(each.name.text, [word.text for word in each.arguments]) for each in read(text).walk()]


def test_blocks_words_and_comments() -> None:
    text = 'server { # the shop\n  listen 80; root "/srv/my shop";\n  location ~ \\.php$ { return 404; }\n}\n'
    assert shown(text) == [
        ("server", []),
        ("listen", ["80"]),
        ("root", ["/srv/my shop"]),
        ("location", ["~", "\\.php$"]),
        ("return", ["404"]),
    ]
    assert read(text).problems == []


def test_words_have_their_places() -> None:
    text = "server {\n    listen   8080 default_server;\n}\n"
    listen = list(read(text).walk())[1]
    assert [(word.span.line, word.span.column, word.span.text) for word in listen.arguments] == [
        (2, 14, "8080"),
        (2, 19, "default_server"),
    ]
    assert listen.span.text == "listen   8080 default_server"


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ("proxy_pass http://${API_HOST}:80;", "http://${API_HOST}:80"),
        ("root /srv/a\\;b;", "/srv/a\\;b"),
        ("add_header X 'it''s';", "X"),
        ('rewrite "^/old/(\\d{2,4})$" /new;', "^/old/(\\d{2,4})$"),
        ("set $a #no comment behind a word\n b;", "$a"),
        ("return 200 a#b;", "200"),
    ],
)
def test_what_belongs_to_a_word(text: str, argument: str) -> None:
    assert shown(text)[0][1][0] == argument


def test_code_of_another_language_is_skipped() -> None:
    text = "location / { content_by_lua_block { if a then b = {1} end } }\nlisten 80;"
    assert shown(text) == [("location", ["/"]), ("content_by_lua_block", []), ("listen", ["80"])]
    assert read(text).problems == []


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("server {\n  listen 80\n  root /srv;\n}", "a `;` is missing behind `80`", (2, 11)),
        ("server {\n  listen 80\n}", "a `;` is missing behind `80`", (2, 10)),
        ("server {\n  listen 80;\n", "the block `server` is not closed", (1, 1)),
        ("server {\n}\n}\n", "this `}` closes nothing", (3, 1)),
        ("root '/srv;\n", "this `'` is not closed", (1, 6)),
        ("server { ; }", "nothing stands before this `;`", (1, 10)),
    ],
)
def test_what_nginx_refuses(text: str, message: str, place: tuple[int, int]) -> None:
    (problem,) = read(text).problems
    assert problem.message == message
    assert (problem.span.line, problem.span.column) == place


@pytest.mark.parametrize(
    "text", ["", "\\", "${", '"', "{" * 5000, "}" * 5000, "a" * 100_000, "a{" * 3000, "$\\", "a;\x00"]
)
def test_anything_is_read_without_an_exception(text: str) -> None:
    list(read(text).walk())


def test_a_large_file_is_read_in_one_pass() -> None:
    text = "".join(f"server {{ listen {number}; location / {{ return 200 'x'; }} }}\n" for number in range(20_000))
    assert sum(1 for _ in read(text).walk()) == 80_000
