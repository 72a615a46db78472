"""On which ports the nginx of a container listens.

Images of nginx read ``/etc/nginx/nginx.conf``, which includes ``/etc/nginx/conf.d/*.conf``; the ``default.conf`` there
listens on port 80 (8080 in ``nginx-unprivileged``). Files of ``/etc/nginx/templates`` are filled in at start.
Source: the descriptions of the images ``nginx`` and ``nginxinc/nginx-unprivileged``; "listen" of
``ngx_http_core_module``.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import NamedTuple

from kubelint.graph.containers import Container, PlacedFile, contents
from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.systems.nginx.assemble import configuration_files, container_files
from kubelint.systems.nginx.grammar import Fault, faults
from kubelint.systems.nginx.model import CONFIGURATION, SYSTEM, NginxConfiguration, listens
from kubelint.tree.node import Scalar

_MAIN = "/etc/nginx/nginx.conf"
_FRAGMENTS = "/etc/nginx/conf.d/*.conf"
_DEFAULT = "/etc/nginx/conf.d/default.conf"
#: What a start script or a build step says when it writes configuration itself.
_WRITING = ("envsubst", "sed -i", "sed --in-place", "> /etc/nginx", ">/etc/nginx", "tee /etc/nginx", "nginx -c", "-g ")
_HARMLESS = "daemon off"
_ROOTED, _UNPRIVILEGED = 80, 8080


class Served(NamedTuple):
    """The ports that nginx listens on; ``listens`` are the places that say so, of a default none."""

    numbers: frozenset[int]
    listens: tuple[Scalar, ...]


def served(graph: Graph, container: Container) -> Served | None:
    """Return what the nginx of a container listens on; None where it runs something else or that is not known."""
    memo: dict[int, Served | None] = graph.once("served by nginx", dict)
    if id(container) not in memo:
        memo[id(container)] = _served(graph, container)
    return memo[id(container)]


def _served(graph: Graph, container: Container) -> Served | None:
    image = container.image
    known = None if container.build is None else contents(graph, container.build)
    if known is not None:
        image = known.base
    if image is None:
        return None
    name = image.text.partition("@")[0].rpartition("/")[2].partition(":")[0]
    if name not in ("nginx", "nginx-unprivileged") or "$" in image.text.partition(":")[0]:
        return None
    texts = [*container.hints, *(known.texts if known is not None else ())]
    if any(mark in text for text in texts for mark in _WRITING if _HARMLESS not in text or mark != "-g "):
        return None
    if container.own_command and not any("nginx" in hint for hint in container.hints):
        return None
    files: dict[str, str | None] = {}
    for file in container_files(graph, container):
        if not _place(graph, file, files):
            return None
    default = _ROOTED if name == "nginx" else _UNPRIVILEGED
    # Many containers may share one configuration.
    return graph.once(
        ("ports of nginx", default, *sorted(files.items(), key=str)), lambda: _ports(graph, files, default)
    )


def _place(graph: Graph, file: PlacedFile, files: dict[str, str | None]) -> bool:
    """Note what a placement puts among the configuration; False where that cannot be told."""
    target = file.target.rstrip("/")
    if target.startswith("/etc/nginx/templates") or (target == "/etc/nginx" and file.source is None):
        return False
    if file.source is None:
        if target.startswith("/etc/nginx/") and target.endswith((".conf", ".d")):
            return False
        return target not in ("", "/etc")
    if target in ("", "/etc"):
        return False
    if not graph.repository.exists(file.source):
        return target != "/etc/nginx" and not target.startswith(("/etc/nginx/conf.d", "/etc/nginx/nginx.conf"))
    if target in ("/etc/nginx/conf.d", "/etc/nginx") and graph.repository.is_directory(file.source):
        files[_DEFAULT] = files.get(_DEFAULT) if target == "/etc/nginx" else None
    files.update((path, source) for source, path in configuration_files(graph, file))
    return True


def _ports(graph: Graph, files: dict[str, str | None], default: int) -> Served | None:
    patterns = [_FRAGMENTS]
    numbers: set[int] = set()
    places: list[Scalar] = []
    read: list[NginxConfiguration] = []
    if files.get(_MAIN):
        main = _configuration(graph, files[_MAIN])
        if main is None:
            return None
        read.append(main)
        patterns = [_full(node.text) for node in main.includes]
    for path, source in files.items():
        if path != _MAIN and any(fnmatchcase(path, pattern) for pattern in patterns):
            if source is None:
                continue  # a mounted folder that has none
            configuration = _configuration(graph, source)
            if configuration is None:
                return None
            read.append(configuration)
    for configuration in read:
        if any(directive.name.text == "stream" for directive in configuration.directives):
            return None
        for server in configuration.servers:
            found = listens(server)
            if not all(each.known for each in found):
                return None
            numbers.update(each.number for each in found if each.number is not None)
            places += [each.node for each in found if each.number is not None]
            if not found:
                numbers.add(default)
    if _DEFAULT not in files and any(fnmatchcase(_DEFAULT, pattern) for pattern in patterns):
        numbers.add(default)
    return Served(frozenset(numbers), tuple(places)) if numbers else None


def _configuration(graph: Graph, path: str | None) -> NginxConfiguration | None:
    found = graph.find(Key(SYSTEM, CONFIGURATION, "", path or ""))
    first = found[0] if found else None
    if not isinstance(first, NginxConfiguration) or first.unit.incomplete:
        return None
    # What a misspelt directive would have said is unknown.
    return None if any(fault.fault is Fault.UNKNOWN for fault in faults(first)) else first


def _full(path: str) -> str:
    return path if path.startswith("/") else f"/etc/nginx/{path}"
