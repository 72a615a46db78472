"""Whether the files that a configuration reads are in its container.

Judged are paths below a folder or file of the repository that is copied or mounted, so that it is known what lies
there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kubelint.graph.containers import PlacedFile
from kubelint.graph.query import Graph
from kubelint.paths import join
from kubelint.suggest import nearest
from kubelint.systems.nginx.assemble import container_files
from kubelint.systems.nginx.model import NginxConfiguration
from kubelint.tree.node import Scalar

_READING = frozenset({"include", "ssl_certificate", "ssl_certificate_key", "auth_basic_user_file", "ssl_dhparam"})
_BROUGHT = frozenset(
    {
        "mime.types",
        "fastcgi_params",
        "fastcgi.conf",
        "scgi_params",
        "uwsgi_params",
        "koi-utf",
        "koi-win",
        "win-utf",
        "modules",
    }
)
_HOME = "/etc/nginx"


@dataclass(frozen=True, slots=True, eq=False)
class MissingInclude:
    """A file that is not there.

    ``path`` is its path in the container, ``near`` a name beside it, ``folder`` what fills its folder.
    """

    node: Scalar
    path: str
    near: str | None
    folder: PlacedFile | None


def missing_files(graph: Graph, configuration: NginxConfiguration) -> Iterator[MissingInclude]:
    """Yield the files that no container of the configuration has."""
    if not configuration.containers:
        return
    placed = [list(container_files(graph, container)) for container in configuration.containers]
    for directive in configuration.directives:
        node = directive.argument(0)
        if directive.name.text not in _READING or node is None or any(mark in node.text for mark in "*?[$"):
            continue
        path = node.text if node.text.startswith("/") else f"{_HOME}/{node.text}"
        if path.rpartition("/")[2] in _BROUGHT or path.startswith((f"{_HOME}/modules", "data:", "engine:")):
            continue
        verdicts = [_missing(graph, node, path, files, sure=directive.name.text == "include") for files in placed]
        if verdicts[0] is not None and all(verdict is not None for verdict in verdicts):
            yield verdicts[0]


def _missing(graph: Graph, node: Scalar, path: str, files: list[PlacedFile], *, sure: bool) -> MissingInclude | None:
    repository = graph.repository
    holder: PlacedFile | None = None
    for file in files:
        target = file.target.rstrip("/")
        if path == target or target.startswith(f"{path}/"):
            return None
        if not path.startswith(f"{target}/"):
            continue
        if file.source is None or not repository.is_directory(file.source):
            return None  # a volume, or what a build has made: it may hold anything
        if repository.exists(join(file.source, path[len(target) + 1 :])):
            return None
        holder = file
    name = path.rpartition("/")[2]
    if holder is not None and holder.source is not None:
        inner = path[len(holder.target.rstrip("/")) + 1 :].rpartition("/")[0]
        names = repository.names(join(holder.source, inner) if inner else holder.source)
        near = nearest(name, names)
        return MissingInclude(node, path, near[0] if near else None, holder) if near or sure else None
    beside = {
        file.target.rpartition("/")[2]: file
        for file in files
        if file.target.rpartition("/")[0] == path.rpartition("/")[0]
    }
    near = nearest(name, beside)
    return MissingInclude(node, path, near[0], beside[near[0]]) if near else None
