"""Typed views over the documents of a Drone file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import NamedTuple

from kubelint.graph.model import Document, Entity, Key, Resource, Unit
from kubelint.schema import Fault, Schema, SchemaError
from kubelint.source import Span
from kubelint.suggest import is_near, nearest
from kubelint.systems.drone.conditions import Condition, conditions
from kubelint.systems.drone.split import Chunk
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint_schemas import drone as pack

SYSTEM = "drone"
#: Drone reads its files with a fork of go-yaml v2.
DIALECT = GO_YAML_V2
CLONE = "clone"
DEFAULT_NAME = "default"
FROM_SECRET = "from_secret"  # noqa: S105 - the name of a field
CONTAINER_TYPES = frozenset({"docker", "kubernetes", "vm"})

_ANCHOR = re.compile(r"(?<=[ \t])&([^\s,\[\]{}]+)")


@cache
def _schema(kind: str, type_name: str) -> Schema | None:
    document = pack.schema(kind, type_name)
    return None if document is None else Schema(document)


class DroneDocument(Resource):
    """Any document of a Drone file that can be read.

    ``extra_kinds`` are those that the configuration adds to the ones that Drone knows.
    """

    def __init__(
        self,
        key: Key,
        node: Node,
        unit: Unit,
        root: Node,
        document: Document,
        extra_kinds: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(key, node, unit, root, document)
        self.extra_kinds = extra_kinds
        self.opaque = not self.kind_is_known or self._schema is None

    @cached_property
    def mapping(self) -> Mapping:
        """The root as a mapping; an empty one where it is something else."""
        return self.document.mapping

    @property
    def kind_node(self) -> Scalar | None:
        """The value of ``kind``; None where there is none."""
        return self.root.scalar("kind")

    @property
    def kind(self) -> str:
        """The kind as it is written; empty where there is none."""
        return self.root.text_at("kind") or ""

    @property
    def name_node(self) -> Scalar | None:
        """The value of ``name``; None where there is none."""
        return self.root.scalar("name")

    @property
    def kind_is_known(self) -> bool:
        """Whether Drone or the configuration knows the kind."""
        return self.kind in pack.kinds() or self.kind in self.extra_kinds

    @property
    def meant_kinds(self) -> list[str]:
        """The known kinds that an unknown one is a near miss of."""
        return nearest(self.kind, (*pack.kinds(), *self.extra_kinds)) if self.kind else []

    @property
    def _schema(self) -> Schema | None:
        return _schema(self.kind, pack.DEFAULT_TYPE)

    @cached_property
    def errors(self) -> list[SchemaError]:
        """What the schema of its kind (and type) says; nothing where kind or type are not known for certain."""
        schema = self._schema
        if schema is None or not isinstance(self.root, Mapping):
            return []
        return [error for error in schema.errors(self.root, DIALECT) if not _is_holder(self.root, error)]


class LegacyFile(DroneDocument):
    """A file for Drone before 1.0, which has another format: taken, not judged."""

    @property
    def _schema(self) -> None:
        return None


class DroneSecret(DroneDocument):
    """A secret that the file itself holds, encrypted or as a place in an external store."""


class DronePipeline(DroneDocument):
    """A pipeline, or a document whose kind is a near miss of ``pipeline`` or is missing."""

    @property
    def type_node(self) -> Scalar | None:
        """The value of ``type``, also where that field is misspelt; None where there is none."""
        node = self.root.scalar("type")
        if node is None and isinstance(self.root, Mapping):
            slips = [value for key, value in self.root.pairs() if is_near("type", key.text)]
            return next((value for value in slips if isinstance(value, Scalar) and value.text in pack.types()), None)
        return node

    @cached_property
    def runner(self) -> str:
        """The type in effect: ``docker`` by default, of a near miss the one that was meant; empty where unknown."""
        node = self.type_node
        if node is None:
            return pack.DEFAULT_TYPE
        if node.text in pack.types():
            return node.text
        meant = nearest(node.text, pack.types())
        return meant[0] if len(meant) == 1 and not node.opaque else ""

    @property
    def _schema(self) -> Schema | None:
        node = self.type_node
        return _schema(self.kind, pack.DEFAULT_TYPE if node is None else node.text)

    @cached_property
    def services(self) -> list[DroneStep]:
        """The services in order."""
        return self._steps("services", service=True)

    @cached_property
    def steps(self) -> list[DroneStep]:
        """The steps in order."""
        return self._steps("steps", service=False)

    @property
    def containers(self) -> list[DroneStep]:
        """Services and steps in the order in which the runner takes them."""
        return [*self.services, *self.steps]

    def _steps(self, field: str, *, service: bool) -> list[DroneStep]:
        items = self.root.items_at(field)
        return [DroneStep(self, item, service) for item in items if isinstance(item, Mapping)]

    @cached_property
    def volumes(self) -> list[DroneVolume]:
        """The declared volumes."""
        return [DroneVolume(self, item) for item in self.root.items_at("volumes") if isinstance(item, Mapping)]

    @property
    def depends_on(self) -> list[Scalar]:
        """The names of the pipelines that it waits for."""
        return _texts(self.root, "depends_on")

    @property
    def trigger(self) -> list[Condition]:
        """The conditions under which it runs."""
        return conditions(self.root.at("trigger"), "trigger")

    @property
    def environment(self) -> Iterator[tuple[Scalar, Node]]:
        """Names and values of the variables that all steps get."""
        return self.root.pairs_at("environment")

    @property
    def clones(self) -> bool | None:
        """Whether the runner adds its step ``clone``; None where that is only known later."""
        node = self.root.scalar("clone", "disable")
        if node is None:
            return True
        return None if node.opaque else node.value(DIALECT) is not True

    @cached_property
    def names_are_known(self) -> bool:
        """Whether the names of all steps and services can be read."""
        for field in ("services", "steps"):
            node = self.root.at(field)
            if node is None or _is_null(node):
                continue
            if not isinstance(node, Sequence) or not all(
                isinstance(item, Mapping) or _is_null(item) for item in node.children
            ):
                return False
        if has_slip(self.root, "services") or has_slip(self.root, "steps"):
            return False
        return not any(
            has_slip(step.node, "name") if step.name is None else step.name.opaque for step in self.containers
        )


class DroneSignature(DroneDocument):
    """The hash that protects a file against changes."""


class DroneTemplate(DroneDocument):
    """The name of a template on the server and the values for it; the rest of the file is not read."""


class DroneCron(DroneDocument):
    """A cron job, which the server knows and ignores."""


class DroneRegistry(DroneDocument):
    """Registry credentials, which the server knows and ignores."""


class DroneStep:
    """A step or a service of a pipeline."""

    def __init__(self, pipeline: DronePipeline, node: Mapping, service: bool) -> None:
        self.pipeline = pipeline
        self.node = node
        self.service = service

    @property
    def noun(self) -> str:
        """``step`` or ``service``."""
        return "service" if self.service else "step"

    @property
    def name(self) -> Scalar | None:
        """Its name; None where there is none."""
        node = self.node.scalar("name")
        return node if node is not None and node.text else None

    @cached_property
    def entity(self) -> Entity | None:
        """What other steps refer to; None where it has no name."""
        if self.name is None:
            return None
        pipeline = self.pipeline
        return Entity(Key(SYSTEM, self.noun, pipeline.name, self.name.text), self.name, pipeline.unit, pipeline)

    @property
    def head(self) -> Node:
        """Where it begins: its name, else its first key."""
        if self.name is not None:
            return self.name
        return self.node.entries[0][0] if self.node.entries else self.node

    @property
    def image(self) -> Scalar | None:
        """The image that it runs; None where there is none."""
        return self.node.scalar("image")

    @property
    def commands(self) -> list[Scalar]:
        """The shell commands."""
        return _texts(self.node, "commands")

    @property
    def depends_on(self) -> list[Scalar]:
        """The names of the steps that it waits for."""
        return _texts(self.node, "depends_on")

    @property
    def environment(self) -> Iterator[tuple[Scalar, Node]]:
        """Names and values of its variables."""
        return self.node.pairs_at("environment")

    @property
    def settings(self) -> Iterator[tuple[Scalar, Node]]:
        """Names and values of its plugin's settings."""
        return self.node.pairs_at("settings")

    @property
    def when(self) -> list[Condition]:
        """The conditions under which it runs."""
        return conditions(self.node.at("when"), "when")

    @property
    def mounts(self) -> list[Scalar]:
        """The names of the volumes that it mounts."""
        return [name for item in self.node.items_at("volumes") if (name := item.scalar("name")) is not None]

    def __str__(self) -> str:
        shown = f" `{self.name.text}`" if self.name is not None else ""
        return f"{self.noun}{shown} of {self.pipeline}"


class DroneVolume:
    """A volume that a pipeline declares."""

    def __init__(self, pipeline: DronePipeline, node: Mapping) -> None:
        self.pipeline = pipeline
        self.node = node

    @property
    def name(self) -> Scalar | None:
        """Its name; None where there is none."""
        return self.node.scalar("name")

    @cached_property
    def entity(self) -> Entity | None:
        """What steps refer to; None where it has no name."""
        if self.name is None:
            return None
        pipeline = self.pipeline
        return Entity(Key(SYSTEM, "volume", pipeline.name, self.name.text), self.name, pipeline.unit, pipeline)


class WoodpeckerFile(LegacyFile):
    """A pipeline of Woodpecker, a fork of Drone with a format of its own: taken, not judged."""


class UnreadDocument(NamedTuple):
    """What stands behind a line that begins with ``...``, where Drone stops reading: ``end`` is that line."""

    end: Span
    root: Node
    document: Document


class KindlessDocument(NamedTuple):
    """A part of a file that has no ``kind``, for which the server refuses the whole file.

    ``document`` is the document; None where there are only comments and blank lines, which Drone takes as one, too:
    then ``span`` is the separator that makes them a document, the one behind them, else the one before.
    """

    span: Span
    document: DroneDocument | None = None
    chunk: Chunk | None = None


def has_slip(node: Node, field: str) -> bool:
    """Tell whether a mapping has a key that is a near miss of a field, so that the field is misspelt, not missing."""
    return any(is_near(field, key.text) for key, _ in node.pairs())


def _is_holder(root: Mapping, error: SchemaError) -> bool:
    """Tell whether an unknown field of a document only holds what others take over by alias, or is marked private."""
    if error.fault is not Fault.UNKNOWN_FIELD or len(error.path) > 1:
        return False
    if error.name.startswith(("x-", ".", "_")):
        return True
    key, value = root.index.get(error.name, (None, None))
    if key is None or value is None:
        return False
    text = root.source.text
    anchors = _ANCHOR.findall(text, key.end, max(key.end, value.end))
    return any(f"*{anchor}" in text for anchor in anchors)


def _texts(node: Node, field: str) -> list[Scalar]:
    return [item for item in node.items_at(field) if isinstance(item, Scalar) and not item.is_null]


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null
