"""Which stage a ``FROM``, a ``COPY --from=`` or a ``RUN --mount=from=`` means.

Only a stage that stands further up counts; any other name is an image, which a registry may have. Source: "Multi-stage
builds" of the Docker documentation and ``dockerfile2llb`` of BuildKit.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.docker.images import is_official
from kubelint.systems.docker.model import STAGE, SYSTEM, Dockerfile
from kubelint.systems.docker.pods import add_pods
from kubelint.systems.docker.sources import Sources
from kubelint.tree import dockerfile as tree
from kubelint.tree.node import Scalar

#: Stages among which a near miss is looked for; a bound on cost that no Dockerfile of a person reaches.
MAX_STAGES = 200

#: A shorter name says nothing where it is the beginning of another one.
SHORTEST_PART = 4

FROM, COPIES = "from-stage", "copies-from-stage"


class Why(Enum):
    """Why a name leads to no stage."""

    LATER = "the stage stands further down"
    OWN = "the stage that is being built"
    NO_SUCH_NUMBER = "there is no stage of that number above"
    NEAR = "a near miss"


class StageUse(NamedTuple):
    """The detail of a reference to a stage: where it is used, and what is wrong with it."""

    stage: tree.Stage
    why: Why | None = None


def link(graph: Graph) -> None:
    """Resolve the names of stages in all Dockerfiles."""
    add_pods(graph)
    sources = Sources(graph)
    for dockerfile in graph.subjects(Dockerfile):
        dockerfile.source_faults = list(sources.faults(dockerfile, dockerfile.builds))
        for stage in dockerfile.stages:
            if stage.image is not None:
                _link(graph, dockerfile, stage, FROM, stage.image)
            for node in _sources(stage):
                _link(graph, dockerfile, stage, COPIES, node)


def _sources(stage: tree.Stage) -> Iterator[Scalar]:
    """Yield what the instructions of a stage copy or mount from."""
    for instruction in stage.instructions:
        if instruction.name in ("ADD", "COPY"):
            flag = instruction.flag("from")
            if flag is not None and flag.value is not None:
                yield flag.value
        elif instruction.name == "RUN":
            for flag in instruction.flags:
                value = flag.option("from") if flag.name.text == "mount" else None
                if value is not None:
                    yield value


def _link(graph: Graph, dockerfile: Dockerfile, stage: tree.Stage, kind: str, node: Scalar) -> None:
    name = node.text.lower()
    wanted = Key(SYSTEM, STAGE, dockerfile.name, name)
    reference = Reference(kind, dockerfile, node, wanted, Resolution.EXTERNAL, detail=StageUse(stage))
    if "$" in name or node.opaque:
        reference.resolution = Resolution.UNKNOWN
    elif kind == COPIES and name.isdecimal():
        _by_number(graph, dockerfile, stage, reference)
    elif not _is_image(name):
        _by_name(graph, dockerfile, stage, reference)
    graph.add_reference(reference)


def _by_number(graph: Graph, dockerfile: Dockerfile, stage: tree.Stage, reference: Reference) -> None:
    target = dockerfile.stage(reference.wanted.name)
    if target is None or target.number >= stage.number:
        reference.resolution = Resolution.UNKNOWN if dockerfile.unit.incomplete else Resolution.MISSING
        reference.detail = StageUse(stage, Why.NO_SUCH_NUMBER)
        return
    reference.resolution = Resolution.RESOLVED
    if target.name is not None:
        reference.targets = tuple(graph.find(Key(SYSTEM, STAGE, dockerfile.name, target.name.text.lower())))


def _by_name(graph: Graph, dockerfile: Dockerfile, stage: tree.Stage, reference: Reference) -> None:
    name = reference.wanted.name
    stages = graph.find(reference.wanted, dockerfile.unit)
    if any(_number(each) < stage.number for each in stages):
        reference.resolution, reference.targets = Resolution.RESOLVED, tuple(stages)
        return
    if _is_given(graph, dockerfile, name) or dockerfile.unit.incomplete:
        return
    if stages:
        # `FROM node AS node` begins with the image; only what is copied can mean the stage itself.
        own = _number(stages[0]) == stage.number
        if reference.kind == COPIES or (not own and not is_official(name)):
            reference.resolution, reference.candidates = Resolution.MISSING, tuple(stages)
            reference.detail = StageUse(stage, Why.OWN if own else Why.LATER)
        return
    if is_official(name):
        return
    if stage.number > MAX_STAGES:
        return
    earlier = {each.name.text.lower() for each in dockerfile.stages[: stage.number] if each.name is not None}
    near = nearest(name, earlier)
    if not near and reference.kind == COPIES:  # an image of one's own is built on, hardly copied from
        near = sorted(each for each in earlier if _is_part(name, each))
    found = [graph.find(Key(SYSTEM, STAGE, dockerfile.name, each)) for each in near]
    if found:
        reference.resolution = Resolution.NEAR_MISS
        reference.candidates = tuple(each for group in found for each in group[:1])
        reference.detail = StageUse(stage, Why.NEAR)


def _is_part(one: str, other: str) -> bool:
    """Tell whether one name begins with the other: `build` and `builder`."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= SHORTEST_PART and longer.startswith(shorter) and longer[len(shorter) :].isalpha()


def _number(entity: object) -> int:
    stage = getattr(entity, "stage", None)
    return stage.number if isinstance(stage, tree.Stage) else 0


def _is_image(name: str) -> bool:
    """Tell whether a name has what only images have: a registry or an owner, a tag or a digest."""
    return any(mark in name for mark in "/:@")


def _is_given(graph: Graph, dockerfile: Dockerfile, name: str) -> bool:
    """Tell whether somebody who builds the file gives a context of that name."""
    return bool(graph.find(Key("compose", "build context", dockerfile.name, name)))
