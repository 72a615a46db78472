"""Typed view over a service unit or a drop-in."""

from __future__ import annotations

from kubelint.graph.model import Document, Key, Resource, Unit
from kubelint.systems.systemd.read import Environment
from kubelint.tree.node import Scalar

SYSTEM = "systemd"


class ServiceFile(Resource):
    """A service unit or a drop-in: what it sets in the environment of its daemon."""

    __slots__ = ("environment",)

    def __init__(self, unit: Unit, document: Document, environment: Environment) -> None:
        node = Scalar(document.source, 0, 0, "")
        super().__init__(Key(SYSTEM, document.kind, "", document.source.path), node, unit, node, document)
        self.environment = environment
