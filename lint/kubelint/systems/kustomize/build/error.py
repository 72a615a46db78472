"""What stops a build, with the place to mend."""

from __future__ import annotations

from kubelint.source import Span
from kubelint.tree.node import Node


class BuildError(Exception):
    """kustomize refuses to build this. ``span`` is the place to blame, ``related`` another one with its label."""

    def __init__(self, message: str, place: Node | Span, related: tuple[Span, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = place if isinstance(place, Span) else place.span
        self.related = related

    def __str__(self) -> str:
        return f"{self.span}: {self.message}"
