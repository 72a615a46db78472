"""``docker build`` and ``docker run`` in the commands of a step.

Source: "docker buildx build" and "docker container run" of the Docker documentation: which options take a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kubelint.tree.node import Scalar
from kubelint.tree.shell import Command

#: Options of ``docker run`` without a value; all others take one, with ``=`` or as the next word.
_RUN_FLAGS = frozenset(
    {
        *("--detach", "--disable-content-trust", "--help", "--init", "--interactive", "--no-healthcheck"),
        *(
            "--oom-kill-disable",
            "--privileged",
            "--publish-all",
            "--quiet",
            "--read-only",
            "--rm",
            "--sig-proxy",
            "--tty",
        ),
    }
)
_BUILD_FLAGS = frozenset(
    {
        *("--compress", "--disable-content-trust", "--force-rm", "--help", "--load", "--no-cache", "--pull", "--push"),
        *("--quiet", "--rm", "--squash", "--stream", "--check", "--debug"),
    }
)
_SHORT_RUN_FLAGS = frozenset("ditPqh")
_SHORT_BUILD_FLAGS = frozenset("qDh")
_PUBLISHED = re.compile(r"(?:[^:]*:)?[\d-]*:(?P<port>\d{1,5})(?:/tcp)?\Z|(?P<alone>\d{1,5})(?:/tcp)?\Z")


@dataclass(slots=True)
class Options:
    """The options of one command by name, and the words that are none, in their order."""

    values: dict[str, list[Scalar]] = field(default_factory=dict)
    rest: list[Scalar] = field(default_factory=list)

    def all(self, *names: str) -> list[Scalar]:
        """Return the values of options of these names."""
        return [value for name in names for value in self.values.get(name, ())]

    def last(self, *names: str) -> Scalar | None:
        """Return the last value of an option of these names."""
        found = self.all(*names)
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, eq=False)
class Build:
    """A ``docker build``: the context is None where it is no folder (a URL, standard input) or not there."""

    options: Options
    context: Scalar | None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A ``docker run`` of an image; ``own_command`` tells that words follow it."""

    options: Options
    image: Scalar
    own_command: bool

    def ports(self) -> Iterator[tuple[Scalar, int]]:
        """Yield the TCP ports of the container that are published, each with the scalar of its number."""
        for node in self.options.all("-p", "--publish"):
            match = _PUBLISHED.match(node.text)
            if match is not None:
                group = "port" if match["port"] else "alone"
                span = node.part(*match.span(group))
                yield Scalar(node.source, span.start, span.end, match[group], ""), int(match[group])


def build_of(command: Command) -> Build | None:
    """Return the build that a command orders; None for other commands."""
    words = _behind(command, ("build",), ("image", "build"), ("buildx", "build"), ("builder", "build"))
    if words is None:
        return None
    options = _options(words, _BUILD_FLAGS, _SHORT_BUILD_FLAGS, stop=False)
    context = options.rest[0] if len(options.rest) == 1 else None
    if context is not None and (context.text == "-" or "://" in context.text or context.text.startswith("git@")):
        context = None
    return Build(options, context)


def run_of(command: Command) -> Run | None:
    """Return the container that a command starts; None for other commands."""
    words = _behind(command, ("run",), ("container", "run"), ("create",), ("container", "create"))
    if words is None:
        return None
    options = _options(words, _RUN_FLAGS, _SHORT_RUN_FLAGS, stop=True)
    return Run(options, options.rest[0], len(options.rest) > 1) if options.rest else None


def removed_by(command: Command) -> list[Scalar]:
    """Return the names of the containers that a command stops or removes."""
    for verbs in (("rm",), ("stop",), ("kill",), ("container", "rm"), ("container", "stop")):
        words = _behind(command, verbs)
        if words is not None:
            return [word for word in words if not word.text.startswith("-") and not word.text.isdecimal()]
    return []


def _behind(command: Command, *ways: tuple[str, ...]) -> list[Scalar] | None:
    if command.name not in ("docker", "podman"):
        return None
    words = list(command.words[1:])
    for verbs in ways:
        if tuple(word.text for word in words[: len(verbs)]) == verbs:
            return words[len(verbs) :]
    return None


def _options(words: list[Scalar], flags: frozenset[str], short: frozenset[str], *, stop: bool) -> Options:
    found = Options()
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        text = word.text
        if not text.startswith("-") or text == "-":
            found.rest.append(word)
            if stop:
                found.rest += words[position:]
                break
            continue
        name, equals, _ = text.partition("=")
        if equals:
            found.values.setdefault(name, []).append(_part(word, len(name) + 1))
        elif text in flags or (not text.startswith("--") and all(letter in short for letter in text[1:])):
            found.values.setdefault(text, [])
        elif not text.startswith("--") and len(text) > 2 and text[1] not in short:
            found.values.setdefault(text[:2], []).append(_part(word, 2))  # `-p8080:80`
        elif position < len(words):
            key = text if text.startswith("--") else f"-{text[-1]}"  # `-dp 80:80`
            found.values.setdefault(key, []).append(words[position])
            position += 1
    return found


def _part(node: Scalar, start: int) -> Scalar:
    span = node.part(start, len(node.text))
    if span.start == node.start and start:  # quotes inside the word: its place is not exact
        return Scalar(node.source, node.start, node.end, node.text[start:], "")
    return Scalar(node.source, span.start, span.end, node.text[start:], "")
