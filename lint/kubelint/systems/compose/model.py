"""Typed views: a project and its services, after all files are merged."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from kubelint.graph.model import Document, Entity, Key, Resource, Unit
from kubelint.source import Span
from kubelint.suggest import nearest
from kubelint.systems.compose.cycles import cycles
from kubelint.systems.compose.environment import Environment, Environments
from kubelint.systems.compose.file import NAMED_SECTIONS, ComposeFile, Place, is_remote, local_path
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.load import FileUse, Model
from kubelint.systems.compose.short import Mount, Port, fields, key_values, mount, names, part, port
from kubelint.tree.dialect import GO_YAML_V3
from kubelint.tree.dotenv import DotenvEntry
from kubelint.tree.node import Mapping, Node, Scalar

SYSTEM = "compose"
#: Attributes whose ``service:NAME`` shares something of another service; Compose starts that one first.
SHARED_NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
#: Not a section of a file: the services that a file gives an image or a build.
SOURCES = "services with a source"
#: Names of one project that are compared to find near misses; a bound on cost that only a made-up project reaches.
MAX_COMPARISONS = 100_000
_SERVICE = "service:"


class Dependency(NamedTuple):
    """One service that another one names.

    ``field`` is the attribute, ``node`` the name itself. ``condition`` is that of the long ``depends_on``; ``required``
    is false where Compose goes on without the service.
    """

    field: str
    node: Scalar
    name: str | None
    condition: Scalar | None = None
    required: bool = True


class MissingFile(NamedTuple):
    """A path that leads nowhere.

    ``near`` is the path of a near miss beside it; ``private`` tells that people may well make it on each machine.
    """

    use: FileUse
    near: str | None
    private: bool


@dataclass(slots=True)
class UnsetVariable:
    """A variable without value or default.

    ``places`` are all its uses; ``near`` the entries of environment files whose names are near misses; ``required``
    tells that Compose refuses to go on without it everywhere, ``in_command`` that a container's shell may be meant.
    """

    name: str
    environment: Environment
    places: list[Span] = field(default_factory=list)
    near: list[DotenvEntry] = field(default_factory=list)
    required: bool = True
    in_command: bool = False
    #: Where an ``env_file`` sets it, which only containers see.
    for_containers: list[DotenvEntry] = field(default_factory=list)


class Build(NamedTuple):
    """How an image is built: ``context`` and ``dockerfile`` are None where their defaults hold."""

    node: Node
    context: Scalar | None
    dockerfile: Scalar | None
    target: Scalar | None
    inline: bool
    additional_contexts: tuple[tuple[Scalar, Scalar], ...] = ()

    @property
    def remote(self) -> bool:
        """Whether the context is fetched from somewhere."""
        return self.context is not None and is_remote(self.context.text)


class ComposeService(Resource):
    """A service of a project, merged from all files that say something of it."""

    def __init__(self, name: Scalar, root: Mapping, document: Document, project: ComposeProject) -> None:
        super().__init__(Key(SYSTEM, "service", "", name.text), name, project.unit, root, document)
        self.merged = root
        self.project = project

    def place(self, node: Node) -> Place:
        """Return the folder and the variables that a value of the service is read with."""
        return self.project.place(node)

    @property
    def lacks_source(self) -> bool:
        """Whether no file, not even one that may be combined with the project, says what the container is made of."""
        project = self.project
        if self.has_source or project.unit.incomplete or project.may_have(SOURCES, self.name):
            return False
        return self.name not in NAMED_SECTIONS  # an indentation too far, which is told where it is seen

    @property
    def image(self) -> Scalar | None:
        """The image to run, or the name for the one that is built."""
        return self.root.scalar("image")

    @cached_property
    def build(self) -> Build | None:
        """How the image is built; None where it is not."""
        node = self.root.get("build")
        if isinstance(node, Scalar):
            return None if node.is_null else Build(node, node, None, None, False)
        if not isinstance(node, Mapping):
            return None
        contexts = tuple(
            (key, value) for key, value in key_values(node.get("additional_contexts")) if value is not None
        )
        return Build(
            node,
            node.scalar("context"),
            node.scalar("dockerfile"),
            node.scalar("target"),
            node.get("dockerfile_inline") is not None,
            contexts,
        )

    @cached_property
    def context_path(self) -> str | None:
        """The folder that the image is built from; None where it is not in the repository or not known."""
        build = self.build
        if build is None or build.remote:
            return None
        node = build.context
        return local_path("." if node is None else literal(node), self.place(node or build.node).directory)

    @cached_property
    def dockerfile_path(self) -> str | None:
        """The Dockerfile that the image is built with; None where it is not in the repository or not known."""
        build, context = self.build, self.context_path
        if build is None or context is None or build.inline:
            return None
        return local_path("Dockerfile" if build.dockerfile is None else literal(build.dockerfile), context)

    @property
    def has_source(self) -> bool:
        """Whether it is said where the container comes from; what an unknown service that is extended may say, too."""
        return (
            self.image is not None
            or self.build is not None
            or self.root.get("provider") is not None
            or self.name in self.project.model.partial
        )

    @cached_property
    def dependencies(self) -> tuple[Dependency, ...]:
        """The services that this one names, implicit dependencies included, in the order of attributes."""
        return tuple(dependencies(self.merged))

    @cached_property
    def mounts(self) -> tuple[Mount, ...]:
        """What is mounted; of two mounts on one target the last one, which is the one that Compose keeps."""
        found: dict[object, Mount] = {}
        for item in self.root.items_at("volumes"):
            each = mount(item)
            if each is not None:
                found[item if each.target is None else each.target.rstrip("/")] = each
        return tuple(found.values())

    @cached_property
    def networks(self) -> tuple[Scalar, ...]:
        """The networks that the service joins by name."""
        return tuple(name for name, _ in names(self.root.get("networks")))

    @cached_property
    def secrets(self) -> tuple[Scalar, ...]:
        """The secrets that the container or the build gets."""
        return (*granted(self.merged, "secrets"), *granted(self.merged, "build", "secrets"))

    @cached_property
    def configs(self) -> tuple[Scalar, ...]:
        """The configs that the container gets."""
        return tuple(granted(self.merged, "configs"))

    @cached_property
    def ports(self) -> tuple[Port, ...]:
        """The published ports that are known; a port that is listed twice in the same words counts once."""
        found: dict[tuple[object, ...], Port] = {}
        for item in self.root.items_at("ports"):
            each = port(item, self.place(item).environment.lookup)
            if each is not None:
                found.setdefault((each.address, each.start, each.end, each.target, each.protocol), each)
        return tuple(found.values())

    @cached_property
    def environment(self) -> tuple[tuple[Scalar, Scalar | None], ...]:
        """Names and values of ``environment``; the value is None where Compose takes it from its own environment."""
        return tuple(key_values(self.root.get("environment")))

    @cached_property
    def env_files(self) -> tuple[tuple[Scalar, bool, str | None], ...]:
        """The ``env_file``: its path, whether it is required, and its format."""
        node = self.root.get("env_file")
        items = [node] if isinstance(node, Scalar | Mapping) else [] if node is None else node.items()
        found: list[tuple[Scalar, bool, str | None]] = []
        for item in items:
            if isinstance(item, Mapping):
                path = item.scalar("path")
                if path is not None:
                    required = item.scalar("required")
                    optional = required is not None and required.value(GO_YAML_V3) is not True
                    found.append((path, not optional, item.text_at("format")))
            elif isinstance(item, Scalar) and not item.is_null:
                found.append((item, True, None))
        return tuple(found)

    @property
    def env_file_paths(self) -> list[str]:
        """The paths of ``env_file``, relative to the root, as far as they are known."""
        return [path for node, _, _ in self.env_files if (path := self.project.local(node)) is not None]

    @property
    def health_check(self) -> bool | None:
        """Whether ``healthcheck`` gives a test (True) or turns it off (False); None where the image decides."""
        check = self.root.mapping("healthcheck")
        if check is None:
            return None
        disabled = check.scalar("disable")
        if disabled is not None and disabled.value(GO_YAML_V3) is True:
            return False
        test = check.get("test")
        if isinstance(test, Scalar):
            return None if test.is_null else test.text.strip() != "NONE"
        items = test.items() if test is not None else []
        if not items:
            return None
        return not (isinstance(items[0], Scalar) and items[0].text == "NONE")

    @cached_property
    def profiles(self) -> frozenset[str]:
        """The profiles that enable the service; empty where it is always enabled."""
        return frozenset(item.text for item in self.root.items_at("profiles") if isinstance(item, Scalar))

    @property
    def uses_host_network(self) -> bool:
        """Whether the container shares the host's network, where published ports mean nothing."""
        return literal(self.root.scalar("network_mode")) == "host"


def dependencies(service: Mapping) -> Iterator[Dependency]:
    """Yield the services that a service names.

    Source: ``loader/normalize.go`` of compose-go for what ``links``, ``volumes_from`` and shared namespaces imply.
    """
    for name, value in names(service.get("depends_on")):
        condition = required = None
        if isinstance(value, Mapping):
            condition, required = value.scalar("condition"), value.scalar("required")
        optional = required is not None and required.value(GO_YAML_V3) is not True
        yield Dependency("depends_on", name, literal(name), condition, not optional)
    for item in service.items_at("links"):
        if isinstance(item, Scalar) and not item.is_null:
            node = part(item, *fields(item.text)[0])
            yield Dependency("links", node, literal(node))
    for item in service.items_at("volumes_from"):
        if isinstance(item, Scalar) and not item.is_null and not item.text.startswith("container:"):
            node = part(item, *fields(item.text)[0])
            yield Dependency("volumes_from", node, literal(node))
    for attribute in SHARED_NAMESPACES:
        value = service.get(attribute)
        if isinstance(value, Scalar) and value.text.startswith(_SERVICE):
            node = part(value, len(_SERVICE), len(value.text))
            yield Dependency(attribute, node, literal(node))


def granted(service: Mapping, *path: str) -> Iterator[Scalar]:
    """Yield the names of the secrets or configs in a list, in short and long form."""
    for item in service.items_at(*path):
        node = item.scalar("source") if isinstance(item, Mapping) else item
        if isinstance(node, Scalar) and not node.is_null:
            yield node


class ComposeProject(Resource):
    """What one call of ``docker compose`` works on: a base with its overrides and includes."""

    def __init__(
        self, node: Node, unit: Unit, root: Node, document: Document, model: Model, environments: Environments
    ) -> None:
        name = literal(model.name) or model.directory.rpartition("/")[2] or "project"
        super().__init__(Key(SYSTEM, "project", model.directory, name), node, unit, root, document)
        self.model = model
        self.environments = environments
        self.services: dict[str, ComposeService] = {}
        self.parts: dict[str, dict[str, Entity]] = {}
        #: Names that files of the folder and of the folders above declare: they may be combined with this project.
        self.elsewhere: list[dict[str, set[str]]] = []
        self.uses: list[FileUse] = list(model.uses)
        #: What of these is missing by mistake; worked out when all are known.
        self.missing: list[MissingFile] = []
        self.unset: list[UnsetVariable] = []
        self._comparisons = 0

    @property
    def files(self) -> list[ComposeFile]:
        """All files that the project is made of, included and extended ones, too."""
        return self.model.files

    def place(self, node: Node) -> Place:
        """Return the folder and the variables that a value is read with."""
        return self.model.places.get(node.source.path) or Place(self.model.directory, self.model.environment)

    def local(self, node: Scalar) -> str | None:
        """Return the path relative to the root that a value means; None where it leads elsewhere or is not known."""
        return local_path(literal(node), self.place(node).directory)

    def has(self, section: str, name: str) -> bool:
        """Tell whether the project declares a name."""
        return name in self.model.sections[section]

    def may_have(self, section: str, name: str) -> bool:
        """Tell whether a file that is not part of the project declares a name."""
        return any(name in declared.get(section, ()) for declared in self.elsewhere)

    def near(self, name: str, candidates: Collection[str]) -> list[str]:
        """Return the near misses of a name, nearest first; none once more was compared than people ever write."""
        self._comparisons += len(candidates)
        return nearest(name, candidates) if self._comparisons <= MAX_COMPARISONS else []

    @cached_property
    def env_file_paths(self) -> frozenset[str]:
        """The paths of all ``env_file`` of the project."""
        return frozenset(path for service in self.services.values() for path in service.env_file_paths)

    @cached_property
    def cycles(self) -> list[list[Dependency]]:
        """The circles of services that wait for each other: the shortest one of each knot, by its dependencies."""
        edges: dict[str, dict[str, Dependency]] = {}
        for name, service in self.services.items():
            found = edges.setdefault(name, {})
            for dependency in service.dependencies:
                # What is optional may be left out with its profile; Compose then goes on without it.
                if dependency.name in self.services and dependency.required:
                    found.setdefault(dependency.name, dependency)
        return cycles(edges)
