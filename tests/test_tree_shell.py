"""Command lines to simple commands, and what `docker` does in them."""

from __future__ import annotations

import pytest

from kubelint.source import SourceFile
from kubelint.systems.drone.docker_commands import build_of, removed_by, run_of
from kubelint.tree.node import Scalar
from kubelint.tree.shell import Command, commands


def cut(text: str) -> list[Command]:
    source = SourceFile("script.sh", text)
    return commands(Scalar(source, 0, len(text), text, "|"))


def words(text: str) -> list[list[str]]:
    return [[word.text for word in command.words] for command in cut(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cd /srv && docker build -t 'a b' .", [["cd", "/srv"], ["docker", "build", "-t", "a b", "."]]),
        ("A=1 B=2 make all || true; echo done", [["make", "all"], ["true"], ["echo", "done"]]),
        ("echo a \\\n  b # rest\nls", [["echo", "a", "b"], ["ls"]]),
        ("sudo docker rm -f web > /dev/null 2>&1", [["docker", "rm", "-f", "web"]]),
        ('echo "$(date +%s) ${X:-a b}" x', [["echo", "$(date +%s) ${X:-a b}", "x"]]),
        ("if test -f a; then cat a; fi", [["test", "-f", "a"], ["cat", "a"], ["fi"]]),
        ("", []),
    ],
)
def test_words_of_commands(text: str, expected: list[list[str]]) -> None:
    assert words(text) == expected


def test_words_have_their_places() -> None:
    text = 'cd /srv\ndocker run "example/web:1" -x'
    image = cut(text)[1].words[2]
    assert (image.text, image.span.line, image.span.text) == ("example/web:1", 2, "example/web:1")


@pytest.mark.parametrize(
    "text", ['"', "'", "\\", "$(", "${", "((((", "`" * 1000, "<<<" * 1000, "&" * 1000, "a" * 100_000]
)
def test_anything_is_cut_without_an_exception(text: str) -> None:
    cut(text)


@pytest.mark.parametrize(
    ("text", "image", "ports"),
    [
        ("docker run -d --name web -p 8088:80 example/web", "example/web", [80]),
        ("docker run -dp 127.0.0.1:8088:8080/tcp --rm example/web:1 serve", "example/web:1", [8080]),
        ("docker run --publish=443:8443 -e A=1 --network net example/web", "example/web", [8443]),
        ("docker container run -it -p8080:80 -p 53:53/udp example/web", "example/web", [80]),
    ],
)
def test_published_ports_of_docker_run(text: str, image: str, ports: list[int]) -> None:
    run = run_of(cut(text)[0])
    assert run is not None
    assert run.image.text == image
    assert [number for _, number in run.ports()] == ports
    assert all(node.span.text == str(number) for node, number in run.ports())


def test_context_of_docker_build() -> None:
    build = build_of(cut("docker buildx build --push -t a/b:1 -f docker/Dockerfile --build-arg V=1 ./web")[0])
    assert build is not None
    assert build.context is not None
    assert build.context.text == "./web"
    assert [node.text for node in build.options.all("-t", "-f", "--build-arg")] == ["a/b:1", "docker/Dockerfile", "V=1"]


@pytest.mark.parametrize("text", ["docker build -", "docker build https://example.com/a.git", "docker build"])
def test_a_build_without_a_folder_has_no_context(text: str) -> None:
    build = build_of(cut(text)[0])
    assert build is not None
    assert build.context is None


def test_removed_containers() -> None:
    assert [node.text for node in removed_by(cut("docker rm -f web worker")[0])] == ["web", "worker"]
