"""Which build argument is known where.

An ``ARG`` before the first ``FROM`` is known to ``FROM`` lines only; a stage that wants it says ``ARG NAME`` again. A
stage knows the ``ARG`` and ``ENV`` that stand above in it and in the stages that it builds on.
Source: Dockerfile reference, "Understand how ARG and FROM interact", "Scope" and "Automatic platform ARGs in the global
scope".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.source import Span
from kubelint.systems.docker.model import Dockerfile
from kubelint.tree import dockerfile as tree
from kubelint.tree.node import Scalar

#: BuildKit knows them in ``FROM``; a stage has to ask for them.
PLATFORM = frozenset(f"{side}{part}" for side in ("BUILD", "TARGET") for part in ("PLATFORM", "OS", "ARCH", "VARIANT"))
#: Known to each build without an ``ARG``: Dockerfile reference, "Predefined ARGs" and "BuildKit built-in build args".
PREDEFINED = frozenset(
    {
        name
        for base in ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY")
        for name in (base, base.lower())
    }
    | {"SOURCE_DATE_EPOCH"}
)
_BUILDKIT = "BUILDKIT_"

_VARIABLE = re.compile(r"(?<![\\$])\$(?:\{(?P<braced>[A-Za-z_]\w*)(?P<operator>:?[-+?])?|(?P<plain>[A-Za-z_]\w*))")
_EXPANDING = frozenset({"ADD", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
_ASSIGNED = re.compile(
    r"(?:\A|[\s;&|(`\"'])(?:export\s+|local\s+|read\s+(?:-\w+\s+)*|for\s+)?([A-Za-z_]\w*)(?==|\s+in\b|\s*;|\s*$)"
)


@dataclass(frozen=True, slots=True, eq=False)
class OutOfScope:
    """A variable that is empty where it is used.

    ``declared`` is where a stage cannot see it; None for a built-in one.
    """

    name: str
    span: Span
    stage: tree.Stage
    declared: Scalar | None


@dataclass(frozen=True, slots=True, eq=False)
class BlankBase:
    """A variable of a ``FROM`` that nothing sets.

    ``declared`` is an ``ARG`` that cannot count, ``near`` a near name.
    """

    name: str
    span: Span
    declared: Scalar | None


def out_of_scope(dockerfile: Dockerfile) -> Iterator[OutOfScope]:
    """Yield each name once for each stage that uses it without asking for it."""
    if dockerfile.unit.incomplete:
        return
    outer = {key.text: key for instruction in dockerfile.tree.preamble for key, _ in _arguments(instruction)}
    known_after: list[set[str]] = []
    for stage in dockerfile.stages:
        below = dockerfile.parent(stage)
        known = set(known_after[below.number]) if below is not None else set()
        told: set[str] = set()
        for instruction in stage.instructions:
            for name, span, text in _uses(instruction):
                unknown = name not in known and name not in told and (name in outer or name in PLATFORM)
                if unknown and not _assigned(name, instruction, text):
                    told.add(name)
                    yield OutOfScope(name, span, stage, outer.get(name))
            if instruction.name in ("ARG", "ENV"):
                known.update(key.text for key, _ in instruction.pairs)
        known_after.append(known)


def _arguments(instruction: tree.Instruction) -> list[tuple[Scalar, Scalar | None]]:
    return instruction.pairs if instruction.name == "ARG" else []


def _uses(instruction: tree.Instruction) -> Iterator[tuple[str, Span, str]]:
    rest = instruction.rest
    if rest is None or instruction.name not in _EXPANDING | {"RUN"}:
        return
    if instruction.name == "RUN" and (instruction.exec_form or instruction.heredocs):
        return
    text = rest.text
    for found in _VARIABLE.finditer(text):
        if found["operator"] in (":-", "-", ":+", "+"):
            continue
        if instruction.name == "RUN" and text.count("'", 0, found.start()) % 2:
            continue  # inside single quotes it belongs to whoever runs later
        group = "braced" if found["braced"] else "plain"
        yield found[group], instruction.part(*found.span(group)), text


def _assigned(name: str, instruction: tree.Instruction, text: str) -> bool:
    """Tell whether the shell of a ``RUN`` may set the variable itself."""
    if instruction.name != "RUN":
        return False
    return f"{name}=" in text or f" {name} " in text or any(found[1] == name for found in _ASSIGNED.finditer(text))


def blank_bases(dockerfile: Dockerfile) -> Iterator[BlankBase]:
    """Yield the variables of ``FROM`` lines that no ``ARG`` before the first ``FROM`` declares."""
    if dockerfile.unit.incomplete:
        return
    outer = {key.text for instruction in dockerfile.tree.preamble for key, _ in _arguments(instruction)}
    inner: dict[str, Scalar] = {}
    for stage in dockerfile.stages:
        image = stage.image
        if image is not None:
            for found in _VARIABLE.finditer(image.text):
                name = found["braced"] or found["plain"]
                if name not in outer | PLATFORM | PREDEFINED and not found["operator"]:
                    start, end = found.span("braced" if found["braced"] else "plain")
                    yield BlankBase(name, image.part(start, end), inner.get(name))
        for instruction in stage.instructions:
            inner.update((key.text, key) for key, _ in _arguments(instruction))


def declared_arguments(dockerfile: Dockerfile) -> dict[str, Scalar]:
    """Return all build arguments that a Dockerfile declares anywhere, by name."""
    return {key.text: key for instruction in dockerfile.tree.instructions for key, _ in _arguments(instruction)}


def is_predefined(name: str) -> bool:
    """Tell whether a build takes an argument that no ``ARG`` declares."""
    return name in PREDEFINED or name in PLATFORM or name.startswith(_BUILDKIT)


def required_arguments(dockerfile: Dockerfile) -> Iterator[Scalar]:
    """Yield the arguments without default that a ``FROM`` cannot do without."""
    for instruction in dockerfile.tree.preamble:
        for key, value in _arguments(instruction):
            if value is None:
                for stage in dockerfile.stages:
                    image = stage.image
                    if image is not None and any(
                        (found["braced"] or found["plain"]) == key.text and not found["operator"]
                        for found in _VARIABLE.finditer(image.text)
                    ):
                        yield key
                        break
