"""Typed views of Dockerfiles."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from kubelint.graph.containers import ImageBuild
from kubelint.graph.model import Document, Entity, Key, Resource, Unit
from kubelint.tree import dockerfile as tree
from kubelint.tree.node import Node, Scalar

SYSTEM = "docker"
STAGE = "stage"


class Flaw(Enum):
    """Why a source is not in the context."""

    MISSING = "it does not exist"
    IGNORED = "the ignore file leaves it out"
    OUTSIDE = "it leads out of the context"
    NOT_SENT = "it was not sent to the machine that builds"


@dataclass(frozen=True, slots=True, eq=False)
class SourceFault:
    """A source that a build does not find.

    ``node`` is the source, ``path`` what it means in the context, ``build`` one that fails. ``near`` is a name that
    exists beside it, ``pattern`` the line of the ignore file.
    """

    flaw: Flaw
    node: Scalar
    path: str
    build: ImageBuild
    near: str | None = None
    pattern: Scalar | None = None


class Dockerfile(Resource):
    """One Dockerfile; its name is its path."""

    def __init__(self, node: Node, unit: Unit, document: Document) -> None:
        super().__init__(Key(SYSTEM, "Dockerfile", "", document.source.path), node, unit, document.mapping, document)
        content = document.content
        self.tree = content if isinstance(content, tree.Dockerfile) else tree.Dockerfile(document.source)
        #: Who builds it; where nobody in the repository does, the builds that are likely.
        self.builds: list[ImageBuild] = []
        #: What these builds do not find in their contexts.
        self.source_faults: list[SourceFault] = []

    @property
    def stages(self) -> list[tree.Stage]:
        """The stages in order."""
        return self.tree.stages

    @cached_property
    def named(self) -> dict[str, tree.Stage]:
        """The stages by name in small letters, as Docker compares them; of a repeated name the last one."""
        return {stage.name.text.lower(): stage for stage in self.stages if stage.name is not None}

    def stage(self, target: str | None) -> tree.Stage | None:
        """Return the stage that a build ends with: the named or numbered one, without a name the last one."""
        if target is None:
            return self.stages[-1] if self.stages else None
        if target.isdecimal() and len(target) < 6:
            number = int(target)
            return self.stages[number] if number < len(self.stages) else None
        return self.named.get(target.lower())

    def parent(self, stage: tree.Stage) -> tree.Stage | None:
        """Return the earlier stage that a stage builds on; None where it begins with an image."""
        if stage.image is None:
            return None
        name = stage.image.text.lower()
        for earlier in reversed(self.stages[: stage.number]):
            if earlier.name is not None and earlier.name.text.lower() == name:
                return earlier
        return None

    def base_image(self, stage: tree.Stage) -> Scalar | None:
        """Return the image that a stage and those below it begin with."""
        while (below := self.parent(stage)) is not None:
            stage = below
        return stage.image

    def health_check(self, stage: tree.Stage) -> bool | None:
        """Tell whether a stage, with those below it, has a ``HEALTHCHECK`` (False: ``NONE``); None without any."""
        current: tree.Stage | None = stage
        while current is not None:
            for instruction in reversed(current.instructions):
                if instruction.name == "HEALTHCHECK":
                    return instruction.nested is not None
            current = self.parent(current)
        return None


class Stage(Entity):
    """A named stage."""

    def __init__(self, name: Scalar, dockerfile: Dockerfile, stage: tree.Stage) -> None:
        key = Key(SYSTEM, STAGE, dockerfile.name, name.text.lower())
        super().__init__(key, name, dockerfile.unit, dockerfile)
        self.stage = stage
