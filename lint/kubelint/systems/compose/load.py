"""From files to the model of a project: includes, ``extends`` and overrides, in the order of Compose.

Source: ``loader`` of compose-go: for each document of each file first what it includes, then what its services extend,
then it is merged over the files before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kubelint.paths import join
from kubelint.systems.compose.environment import Environment, Environments
from kubelint.systems.compose.file import NAMED_SECTIONS, ComposeFile, ComposeFiles, Place, is_remote, local_path
from kubelint.systems.compose.interpolate import literal, parse
from kubelint.systems.compose.merge import RESET, merge_plain, merge_service, without_resets
from kubelint.tree.node import Mapping, Node, Scalar, Sequence
from kubelint.tree.problem import BoundExceeded

MAX_INCLUDE_DEPTH = 40
MAX_INCLUDES = 1000
MAX_EXTENDS = 100
#: Entries that the services of a project may have together once each has what it extends: a chain of services that each
#: add a variable grows with its square.
MAX_INHERITED = 100_000

Declared = tuple[Scalar, Node]


@dataclass(frozen=True, slots=True, eq=False)
class FileUse:
    """A path that Compose reads: ``kind`` in the reader's words, ``node`` where it stands, relative to the root."""

    kind: str
    node: Scalar
    path: str


@dataclass(frozen=True, slots=True, eq=False)
class Extends:
    """One ``extends``.

    ``node`` is the name of the extended service and ``target`` the key that it leads to; ``names`` are the services of
    the file that it is looked up in. ``known`` is false where that file is not. ``circular`` tells that the chain comes
    back to itself.
    """

    service: Scalar
    node: Scalar
    path: str
    target: Scalar | None = None
    names: tuple[Scalar, ...] = ()
    known: bool = True
    circular: bool = False


@dataclass(slots=True, eq=False)
class Model:
    """A project before it becomes part of the graph.

    ``partial`` are the services whose ``extends`` could not be followed; ``circles`` the ``include`` that come back to
    a file that is being included.
    """

    directory: str
    environment: Environment
    name: Scalar | None = None
    files: list[ComposeFile] = field(default_factory=list)
    sections: dict[str, dict[str, Declared]] = field(default_factory=lambda: {name: {} for name in NAMED_SECTIONS})
    places: dict[str, Place] = field(default_factory=dict)
    uses: list[FileUse] = field(default_factory=list)
    extends: list[Extends] = field(default_factory=list)
    circles: list[Scalar] = field(default_factory=list)
    partial: set[str] = field(default_factory=set)
    included: set[str] = field(default_factory=set)
    extended: set[str] = field(default_factory=set)
    bounds: dict[str, BoundExceeded] = field(default_factory=dict)
    incomplete: bool = False

    @property
    def services(self) -> dict[str, Declared]:
        """The services by name."""
        return self.sections["services"]


def load(files: ComposeFiles, chosen: Iterable[ComposeFile], directory: str, environments: Environments) -> Model:
    """Return the model that some files make together, the first one being the base; never raises."""
    model = Model(directory, environments.of_folder(directory))
    loader = _Loader(files, environments, model)
    loader.read(list(chosen), Place(directory, model.environment), model.sections, ())
    if any(file.has_resets for file in model.files):
        _drop_resets(model)
    return model


def _drop_resets(model: Model) -> None:
    """Drop what ``!reset`` left over where it had nothing to take away."""
    for declared in model.sections.values():
        for name, (key, node) in list(declared.items()):
            if node.tag == RESET:
                del declared[name]
            elif isinstance(node, Mapping):
                declared[name] = (key, without_resets(node))


@dataclass(slots=True, eq=False)
class _Scope:
    """The services that an ``extends`` without ``file`` is looked up in."""

    file: ComposeFile
    directory: str
    services: dict[str, tuple[Scalar, Mapping]]


class _Loader:
    def __init__(self, files: ComposeFiles, environments: Environments, model: Model) -> None:
        self.files = files
        self.environments = environments
        self.model = model
        self.scopes: dict[tuple[str, str], _Scope] = {}
        self.done: dict[tuple[_Scope, str], Mapping] = {}
        self.count = 0
        self.inherited = 0

    def read(
        self,
        files: list[ComposeFile],
        place: Place,
        sections: dict[str, dict[str, Declared]],
        stack: tuple[str, ...],
    ) -> None:
        """Read files one over the other into ``sections``; ``stack`` are the files that include these."""
        for file in files:
            self._use(file, place)
            for _, root in file.roots:
                if not stack:
                    self.model.name = root.scalar("name") or self.model.name
                own = self._sections(root)
                for item in root.items_at("include"):
                    self._include(item, place, own, (*stack, file.path))
                services = own["services"]
                scope = _Scope(
                    file, place.directory, {n: (k, v) for n, (k, v) in services.items() if isinstance(v, Mapping)}
                )
                for name in services:
                    services[name] = (services[name][0], self._extend(scope, name))
                _merge_over(sections, own)

    def _use(self, file: ComposeFile, place: Place) -> None:
        model = self.model
        if file not in model.files:
            model.files.append(file)
            model.incomplete = model.incomplete or file.broken
        model.places.setdefault(file.path, place)

    @staticmethod
    def _sections(root: Mapping) -> dict[str, dict[str, Declared]]:
        own: dict[str, dict[str, Declared]] = {}
        for section in NAMED_SECTIONS:
            declared: dict[str, Declared] = {}
            for key, value in root.pairs_at(section):
                if section == "services" and not isinstance(value, Mapping):
                    value = Mapping(value.source, value.start, value.end, [])  # noqa: PLW2901
                declared[key.text] = (key, value)
            own[section] = declared
        return own

    # -- include ---------------------------------------------------------------------------------------------------

    def _include(self, item: Node, place: Place, own: dict[str, dict[str, Declared]], stack: tuple[str, ...]) -> None:
        paths = _paths(item)
        found: list[ComposeFile] = []
        directory = _directory(item, place)
        for node in paths:
            path = self._path(node, place)
            if path is None:
                self.model.incomplete = True
                continue
            if path in stack:
                self.model.circles.append(node)
                continue
            file = self._file("included file", node, path)
            if file is None:
                continue
            if directory is None:
                directory = file.source.directory
            if file.path not in self.model.included:
                self.model.included.add(file.path)
                found.append(file)
        self.count += 1
        if len(stack) > MAX_INCLUDE_DEPTH:
            self._end(f"includes lie deeper than {MAX_INCLUDE_DEPTH} files", item)
            return
        if self.count > MAX_INCLUDES:
            self._end(f"the project includes more than {MAX_INCLUDES} times", item)
            return
        if not found or directory is None:
            return
        environment = self._environment(item, place, directory)
        imported: dict[str, dict[str, Declared]] = {section: {} for section in NAMED_SECTIONS}
        self.read(found, Place(directory, environment), imported, stack)
        _merge_over(imported, own)
        own.update(imported)

    def _end(self, message: str, node: Node) -> None:
        """Note, once for each bound, where reading ends; what lies beyond is taken for unknown."""
        self.model.incomplete = True
        advice = "this bound has no option; what lies beyond is taken for unknown"
        self.model.bounds.setdefault(message, BoundExceeded(message, node.span, None, advice))

    def _environment(self, item: Node, place: Place, directory: str) -> Environment:
        paths: list[str] | None = None
        for node in _texts(item, "env_file"):
            paths = [] if paths is None else paths
            text = literal(node)
            path = local_path(text, place.directory)
            if path is not None:
                paths.append(path)
                self.model.uses.append(FileUse("environment file", node, path))
            elif text != "/dev/null":
                paths.append("")  # somewhere else: what it sets is unknown
        return self.environments.of_include(directory, paths, place.environment)

    def _path(self, node: Scalar, place: Place) -> str | None:
        return local_path(parse(node.text).expand(place.environment.lookup), place.directory)

    def _file(self, kind: str, node: Scalar, path: str) -> ComposeFile | None:
        """Return the file at a path, or note that it is missing."""
        file = self.files.get(path)
        if file is None:
            self.model.incomplete = True
            self.model.uses.append(FileUse(kind, node, path))
        return file

    # -- extends ---------------------------------------------------------------------------------------------------

    def _extend(self, scope: _Scope, name: str) -> Mapping:
        """Return a service over all that it extends."""
        chain: list[tuple[_Scope, str, Mapping]] = []
        seen: set[tuple[_Scope, str]] = set()
        first = name
        base: Mapping | None = None
        while True:
            known = self.done.get((scope, name))
            if known is not None:
                base = known
                break
            key, service = scope.services[name]
            node, file = _extends(service)
            if node is None:
                base = service
                break
            chain.append((scope, name, service))
            seen.add((scope, name))
            if len(chain) >= MAX_EXTENDS:
                self._end(f"services extend each other more than {MAX_EXTENDS} times", node)
                following = None
            else:
                following = self._follow(scope, key, node, file, seen)
            if following is None:
                self.model.partial.add(first)
                break
            scope, name = following
        for each, each_name, service in reversed(chain):
            if self.inherited > MAX_INHERITED:
                self._end(f"services inherit more than {MAX_INHERITED} entries from each other", service)
                self.model.partial.add(each_name)
                base = service
            base = service if base is None or base is service else merge_service(base, service)
            self.inherited += sum(len(value) for _, value in base.pairs() if isinstance(value, Mapping | Sequence))
            base = _without(base, "extends")
            self.done[each, each_name] = base
        assert base is not None  # noqa: S101 - the chain or the service itself
        return base

    def _follow(
        self, scope: _Scope, key: Scalar, node: Scalar, file: Scalar | None, seen: set[tuple[_Scope, str]]
    ) -> tuple[_Scope, str] | None:
        """Note one ``extends`` and return where it leads; None where it leads nowhere."""
        model = self.model
        target = scope
        name = literal(node)
        if file is not None:
            text = literal(file)
            path = local_path(text, scope.directory)
            found = self._file("extended file", file, path) if path is not None else None
            if found is None or name is None:
                model.incomplete = model.incomplete or (text is not None and is_remote(text))
                model.extends.append(Extends(key, node, path or "", known=False))
                return None
            target = self._scope(found, scope)
        path = target.file.path
        names = tuple(each for each, _ in target.services.values())
        if name is None:
            model.extends.append(Extends(key, node, path, known=False))
            return None
        if name not in target.services:
            model.extends.append(Extends(key, node, path, names=names, known=not target.file.broken))
            return None
        circular = (target, name) in seen
        model.extends.append(Extends(key, node, path, target.services[name][0], circular=circular))
        return None if circular else (target, name)

    def _scope(self, file: ComposeFile, origin: _Scope) -> _Scope:
        place = self.model.places.get(origin.file.path)
        directory = file.source.directory
        found = self.scopes.get((file.path, directory))
        if found is None:
            if file is origin.file:
                return origin
            found = self.scopes[file.path, directory] = _Scope(file, directory, file.services)
            self.model.extended.add(file.path)
            file.is_fragment = file.is_fragment or not file.is_base
            environment = place.environment if place is not None else self.model.environment
            self._use(file, Place(directory, environment))
        return found


def _extends(service: Mapping) -> tuple[Scalar | None, Scalar | None]:
    """Return the name of the extended service and its file, None each where there is none."""
    node = service.get("extends")
    if isinstance(node, Mapping):
        return node.scalar("service"), node.scalar("file")
    return (node if isinstance(node, Scalar) and not node.is_null else None), None


def _without(service: Mapping, name: str) -> Mapping:
    if name not in service:
        return service
    entries = [(key, value) for key, value in service.pairs() if key.text != name]
    return Mapping(service.source, service.start, service.end, entries, flow=service.flow)


def _merge_over(base: dict[str, dict[str, Declared]], over: dict[str, dict[str, Declared]]) -> None:
    """Merge declarations into those of ``base``."""
    for section, declared in over.items():
        target = base.setdefault(section, {})
        for name, (key, node) in declared.items():
            before = target.get(name)
            if node.tag == RESET:
                target.pop(name, None)
            elif before is None:
                target[name] = (key, node)
            elif before[1] is node:
                continue
            elif isinstance(before[1], Mapping) and isinstance(node, Mapping) and section == "services":
                target[name] = (before[0], merge_service(before[1], node))
            else:
                target[name] = (before[0], merge_plain(before[1], node))


def _paths(include: Node) -> list[Scalar]:
    """Return the files that an item of ``include`` names, in its short and its long form."""
    if isinstance(include, Scalar):
        return [] if include.is_null else [include]
    return _texts(include, "path")


def _texts(node: Node, name: str) -> list[Scalar]:
    value = node.get(name)
    if isinstance(value, Scalar):
        return [] if value.is_null else [value]
    return [item for item in value.items() if isinstance(item, Scalar)] if value is not None else []


def _directory(item: Node, place: Place) -> str | None:
    """Return the ``project_directory`` of an include; None where it is that of its first file."""
    node = item.scalar("project_directory")
    if node is None:
        return None
    text = literal(node)
    return join(place.directory, text) if text is not None and not text.startswith("/") else None
