"""What stops a build, with the place to mend."""

from __future__ import annotations

from enum import Enum

from kubelint.source import Span
from kubelint.tree.node import Node


class Cause(Enum):
    """What is wrong with what is refused, as far as there is a rule for it alone."""

    FORM = "a text that cannot be read, or a field that is none"
    PATH = "a path that leads nowhere"
    SOURCE = "an entry that a generator cannot take"
    IDENTITY = "an object that is there already"
    CYCLE = "a way that leads back"
    MERGE = "a generator without an object to merge into"
    OPERATION = "an operation of a JSON patch that does not apply"
    OTHER = "anything else"


class BuildError(Exception):
    """kustomize refuses to build this.

    ``span`` is the place to blame, ``related`` another one with its label, ``hint`` what was perhaps meant.
    """

    def __init__(
        self,
        message: str,
        place: Node | Span,
        related: tuple[Span, str] | None = None,
        *,
        cause: Cause = Cause.OTHER,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.span = place if isinstance(place, Span) else place.span
        self.related = related
        self.cause = cause
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.span}: {self.message}{f'; {self.hint}' if self.hint else ''}"


class ExhaustedError(BuildError):
    """The build takes more work than it may; kustomize would go on."""
