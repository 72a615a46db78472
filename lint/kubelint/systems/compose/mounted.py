"""What is wrong with the mounts of a service, apart from volumes that nobody declares."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.graph.absent import Mentions, in_submodule, is_ignored
from kubelint.graph.query import Graph
from kubelint.suggest import nearest
from kubelint.systems.compose.file import local_path
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeService
from kubelint.systems.compose.short import Mount, mount
from kubelint.tree.node import Mapping, Node, Scalar

#: Endings of files that people mount one by one.
_FILES = frozenset(
    {
        *(".cfg", ".cnf", ".conf", ".config", ".crt", ".css", ".csv", ".env", ".html", ".ini", ".js", ".json", ".key"),
        *(".php", ".pem", ".properties", ".py", ".rb", ".sh", ".sql", ".template", ".toml", ".ts", ".txt", ".xml"),
        *(".yaml", ".yml"),
    }
)
#: Folders of images; a file cannot take their place.
_FOLDERS = frozenset(
    {
        *(
            "/docker-entrypoint-initdb.d",
            "/etc",
            "/etc/nginx",
            "/etc/nginx/conf.d",
            "/etc/nginx/templates",
            "/opt",
            "/srv",
        ),
        *("/usr/share/nginx/html", "/usr/local/bin", "/usr/local/etc", "/var/lib", "/var/www", "/var/www/html", "/app"),
        *("/etc/prometheus", "/etc/grafana/provisioning", "/etc/mysql/conf.d", "/usr/local/etc/php/conf.d"),
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Bind:
    """A mount of a path of the repository: ``path`` is that path."""

    mount: Mount
    source: Scalar
    path: str
    target: str


def binds(service: ComposeService) -> Iterator[Bind]:
    """Yield the mounts of paths that lie in the repository."""
    for each in service.mounts:
        if each.kind == "bind" and each.source is not None and each.target is not None:
            path = local_path(literal(each.source), service.place(each.source).directory)
            if path is not None:
                yield Bind(each, each.source, path, each.target)


@dataclass(frozen=True, slots=True, eq=False)
class MissingBind:
    """A path that is not there; ``near`` is a name that exists beside it."""

    bind: Bind
    near: str | None


def missing_binds(graph: Graph, service: ComposeService) -> Iterator[MissingBind]:
    """Yield the files that are mounted and not there. Folders are left out: the engine makes them, often on purpose."""
    repository = graph.repository
    mentions: Mentions = graph.once("mentions", lambda: Mentions(repository))
    for bind in binds(service):
        if repository.exists(bind.path):
            continue
        folder, _, name = bind.path.rpartition("/")
        found = nearest(name, repository.names(folder)) if repository.exists(folder) else []
        if not found and repository.exists(folder) and bind.target.startswith("/etc/"):
            # `./nginx/conf` where `./nginx/conf.d` is: too different for a slip, and still what was meant.
            found = [other for other in repository.names(folder) if other.startswith(f"{name}.")]
            found = (
                found
                if len(found) == 1 and repository.is_directory(f"{folder}/{found[0]}" if folder else found[0])
                else []
            )
        looks_like_file = is_file_name(name) or is_file_name(bind.target)
        if not found and not looks_like_file:
            continue
        left_out = is_ignored(repository, bind.path) or in_submodule(repository, bind.path)
        if (
            left_out
            or mentions.has(service.project.model.directory, name)
            or _has_template(repository.names(folder), name)
        ):
            continue
        if found and not looks_like_file and name.lower() in {"data", "db", "log", "logs"}:
            continue
        yield MissingBind(bind, found[0] if found else None)


def _has_template(names: list[str], name: str) -> bool:
    return any(other.startswith((f"{name}.", f"{name}-", f"{name}_")) and not other.endswith(".d") for other in names)


def is_file_name(path: str) -> bool:
    """Tell whether a path ends like a file that people mount, not like a folder."""
    return not path.endswith("/") and posixpath.splitext(path)[1].lower() in _FILES


@dataclass(frozen=True, slots=True, eq=False)
class Mismatch:
    """A file that is mounted over a folder, or a folder over a file."""

    bind: Bind
    source_is_file: bool


def mismatches(graph: Graph, service: ComposeService) -> Iterator[Mismatch]:
    """Yield mounts whose two ends are not of one kind."""
    repository = graph.repository
    for bind in binds(service):
        if repository.is_directory(bind.path) and is_file_name(bind.target) and not is_file_name(bind.path):
            yield Mismatch(bind, source_is_file=False)
        elif repository.is_file(bind.path) and (bind.target.endswith("/") or bind.target in _FOLDERS):
            yield Mismatch(bind, source_is_file=True)


def repeated_targets(service: ComposeService) -> Iterator[tuple[Node, Node, str]]:
    """Yield the second and the first of two mounts on one target that stand in the same file, and the target."""
    seen: dict[str, Node] = {}
    items: list[tuple[Node, str]] = []
    for item in service.root.items_at("volumes"):
        each = mount(item)
        if each is not None and each.target is not None:
            items.append((item, each.target))
    node = service.root.get("tmpfs")
    temporary = [node] if isinstance(node, Scalar) else service.root.items_at("tmpfs")
    items += [(item, item.text.partition(":")[0]) for item in temporary if isinstance(item, Scalar) and item.text]
    for name in ("configs", "secrets"):
        for item in service.root.items_at(name):
            target = item.scalar("target") if isinstance(item, Mapping) else None
            if target is not None and target.text.startswith("/"):
                items.append((item, target.text))
    for item, path in items:
        target_path = posixpath.normpath(path)
        if "$" in target_path:
            continue
        first = seen.setdefault(target_path, item)
        if first is not item and first.source is item.source:
            yield item, first, target_path


def single_letters(service: ComposeService) -> Iterator[Scalar]:
    """Yield the mounts whose volume has a name of one letter, which Compose takes for a Windows drive."""
    for item in service.root.items_at("volumes"):
        if (
            isinstance(item, Scalar)
            and len(item.text) > 2
            and item.text[0].isalpha()
            and item.text[1:3] == ":/"
            and ":/" not in item.text[3:]
        ):
            yield item
