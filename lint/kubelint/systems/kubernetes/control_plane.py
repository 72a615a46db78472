"""Command lines of the components of the control plane, as static pods and other manifests have them.

A flag may stand in ``command`` and in ``args``, as ``--flag=value`` or as two words, and also inside of a script that a
shell is given. What is missing on the command line may stand in a file or in the environment, and is not missed then.

Source: Kubernetes documentation, command-line references of the components, and "Define a Command and Arguments for a
Container"; etcd documentation, "Configuration options".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kubelint.source import Span
from kubelint.systems.kubernetes.image import parse_image
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Scalar
from kubelint_schemas.kubernetes.control_plane import Component, FlagCheck, Version, components

_WORD = re.compile(r"\S+")
_LONGEST_SCRIPT = 20_000
_STARTERS = frozenset({"-c", "--", "&&", "||", ";", "exec", "then", "do", "hyperkube", "/hyperkube"})
_WRAPPERS = frozenset({"go-runner", "kube-log-runner", "tini", "dumb-init"})
_NAMES = frozenset({"apiserver", "controller-manager", "scheduler"})  # hyperkube has them without kube-


class Word(NamedTuple):
    """One word of a command line, with its place."""

    text: str
    span: Span
    opaque: bool


@dataclass(slots=True)
class CommandLine:
    """A component with the flags that it is given: each value with the place to point at; ``program`` is its own place.

    ``complete`` is False where settings may stand elsewhere, so that a flag which is not here is unknown.
    """

    component: Component
    program: Span
    flags: dict[str, tuple[str | None, Span]] = field(default_factory=dict)
    complete: bool = True

    def value(self, flag: str) -> str | None:
        """Return the value of a flag; None where it is not given or only known later."""
        return self.flags[flag][0] if flag in self.flags else None


class FlagProblem(NamedTuple):
    """What is wrong with a flag: the words for it, where, and whether it is missing."""

    check: FlagCheck
    said: str
    span: Span
    missing: bool


def command_line(container: Container) -> CommandLine | None:
    """Return the command line of a component of the control plane; None where a container runs something else."""
    words = list(_words(container))
    start = _find_program(words)
    if start is not None:
        index, name = start
        line = CommandLine(components()[name], words[index].span)
        rest = words[index + 1 :]
    else:
        image = container.node.scalar("image")
        if image is None or image.opaque or container.node.at("command") is not None:
            return None
        name = parse_image(image.text).repository.rpartition("/")[2]
        if name not in components() or not any(word.text.startswith("--") for word in words):
            return None
        line, rest = CommandLine(components()[name], image.span), words
    _read_flags(line, rest)
    _read_environment(line, container)
    return line


def flag_problems(line: CommandLine, version: Version) -> Iterator[FlagProblem]:
    """Yield what is wrong with the flags of a component in a version of Kubernetes."""
    missed: set[str] = set()  # a flag that is missed as a whole is not missed for each value of its list
    for check in line.component.checks:
        if not check.applies(version) or any(flag in line.flags for flag in check.unless):
            continue
        if check.when is not None and check.when not in line.flags:
            continue
        problem = _given(line, check) or _not_given(line, check)
        if problem is not None and not (problem.missing and check.flags[0] in missed):
            if problem.missing and check.test != "includes":
                missed.add(check.flags[0])
            yield problem


def _given(line: CommandLine, check: FlagCheck) -> FlagProblem | None:
    """Return what is wrong with the value of a flag that is given."""
    flag = check.flags[0]
    if check.test == "set" or flag not in line.flags:
        return None
    value, span = line.flags[flag]
    if check.test == "absent":
        return FlagProblem(check, f"`--{flag}`", span, missing=False)
    if value is None:
        return None
    entries = [entry.strip() for entry in value.split(",")]
    bad: str | None = None
    if check.test in ("is", "not") and (value in check.values) == (check.test == "not"):
        bad = value
    elif check.test == "excludes":
        bad = next((entry for entry in entries if entry in check.values), None)
    elif check.test == "no-part":
        bad = next((entry for entry in entries if any(part in entry for part in check.values)), None)
    elif check.test == "includes" and check.values[0] not in entries:
        return FlagProblem(check, f"`{check.values[0]}` in `--{flag}`", span, missing=True)
    return None if bad is None else FlagProblem(check, f"`--{flag}={bad}`", span, missing=False)


def _not_given(line: CommandLine, check: FlagCheck) -> FlagProblem | None:
    """Return what is wrong with a flag that is not given, where that can be told."""
    lacking = [flag for flag in check.flags if flag not in line.flags]
    if not lacking or not line.complete:
        return None
    if check.test == "set":
        said = " and ".join(f"`--{flag}`" for flag in lacking)
        return FlagProblem(check, said, line.program, missing=True)
    flag = check.flags[0]
    if check.test == "includes":
        return FlagProblem(check, f"`{check.values[0]}` in `--{flag}`", line.program, missing=True)
    unsafe = check.default is not None and (check.default in check.values) == (check.test == "excludes")
    if check.test in ("is", "excludes") and unsafe:
        return FlagProblem(check, f"`--{flag}`", line.program, missing=True)
    return None


def _words(container: Container) -> Iterator[Word]:
    """Yield the words of ``command`` and ``args``; a text with line ends or blanks is a script, and has several."""
    for section in ("command", "args"):
        for item in container.node.items_at(section):
            if not isinstance(item, Scalar):
                continue
            text = item.text
            if " " not in text and "\n" not in text:
                yield Word(text, item.span, item.opaque)
            elif len(text) <= _LONGEST_SCRIPT:
                for found in _WORD.finditer(text):
                    yield Word(found.group().strip("'\""), item.part(*found.span()), item.opaque)


def _find_program(words: list[Word]) -> tuple[int, str] | None:
    """Return the position and the name of the component that the words start; None where they start something else."""
    for index, word in enumerate(words):
        if word.text.startswith("-") or "=" in word.text:
            continue
        name = word.text.rpartition("/")[2]
        if name in _NAMES and index and words[index - 1].text.endswith("hyperkube"):
            return index, f"kube-{name}"
        if name in components() and _starts_program(words, index):
            return index, name
    return None


def _starts_program(words: list[Word], index: int) -> bool:
    """Tell whether a word is a program: the first one, one behind a wrapper and its flags, one that a shell starts."""
    if index == 0:
        return True
    before = words[index - 1].text
    if before in _STARTERS or before.endswith(";") or ("=" in before and not before.startswith("-")):
        return True
    wrapper = words[0].text.rpartition("/")[2]
    return wrapper in _WRAPPERS and all(word.text.startswith("-") for word in words[1:index])


def _read_flags(line: CommandLine, words: list[Word]) -> None:
    position = 0
    while position < len(words):
        word = words[position]
        position += 1
        if word.text in (";", "&&", "||", "|"):
            return
        if not word.text.startswith("-"):
            line.complete = line.complete and not word.opaque
            continue
        name, separator, value = word.text.lstrip("-").partition("=")
        following = words[position] if position < len(words) else None
        if not separator and following is not None and not following.text.startswith("-") and following.text != "\\":
            value, separator = following.text, " "
            position += 1
            known = not following.opaque
        else:
            known = not word.opaque
        # A switch without value is true.
        line.flags[name] = ((value if separator else "true") if known and "$(" not in value else None, word.span)
        if word.opaque and "{" in name:
            line.complete = False
    if any(name in line.flags for name in line.component.files):
        line.complete = False


def _read_environment(line: CommandLine, container: Container) -> None:
    """Add what a component reads from its environment: for etcd ``ETCD_CERT_FILE`` is as good as ``--cert-file``."""
    prefix = line.component.environment
    if not prefix:
        return
    for entry in container.environment:
        name, value = entry.scalar("name"), entry.scalar("value")
        if name is not None and name.text.startswith(prefix):
            flag = name.text.removeprefix(prefix).lower().replace("_", "-")
            given = None if value is None or value.opaque else value.text
            line.flags.setdefault(flag, (given, (value or name).span))
            if flag in line.component.files:
                line.complete = False
    if container.node.items_at("envFrom"):
        line.complete = False
