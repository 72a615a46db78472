"""Whether anything lies in the folders that nginx serves files from."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.containers import Container, PlacedFile, contents
from kubelint.graph.query import Graph
from kubelint.systems.nginx.assemble import container_files
from kubelint.systems.nginx.model import NginxConfiguration
from kubelint.tree.node import Scalar

#: Folders of the image that have files already.
_OWN = ("/usr/share/nginx/html", "/usr/share/nginx", "/etc/nginx", "/var/log", "/tmp", "/var/cache", "/dev", "/proc")  # noqa: S108
_FOLDERS = ("/usr/share/", "/var/www", "/srv", "/app", "/opt", "/www", "/home", "/html", "/site", "/static", "/data")


def empty_roots(graph: Graph, configuration: NginxConfiguration) -> Iterator[tuple[Scalar, list[PlacedFile]]]:
    """Yield each ``root`` that stays empty in all containers, with what is put into other folders like it."""
    if not configuration.containers or not all(_is_nginx(graph, each) for each in configuration.containers):
        return
    files = [list(container_files(graph, container)) for container in configuration.containers]
    texts = [text for container in configuration.containers for text in _texts(graph, container)]
    for directive in configuration.directives:
        node = directive.argument(0)
        if directive.name.text not in ("root", "alias") or node is None or not node.text.startswith("/"):
            continue
        folder = node.text.rstrip("/")
        if "$" in folder or not folder or folder.startswith(_OWN) or any(folder in text for text in texts):
            continue
        if any(_meets(file.target, folder) for each in files for file in each):
            continue
        filled = [file for file in files[0] if file.target.startswith(_FOLDERS) and "nginx/conf" not in file.target]
        if filled:
            yield node, filled


def _meets(target: str, folder: str) -> bool:
    target = target.rstrip("/")
    return target == folder or target.startswith(f"{folder}/") or folder.startswith(f"{target}/")


def _is_nginx(graph: Graph, container: Container) -> bool:
    known = None if container.build is None else contents(graph, container.build)
    image = known.base if known is not None else container.image
    return image is not None and image.text.partition(":")[0].rpartition("/")[2] in ("nginx", "nginx-unprivileged")


def _texts(graph: Graph, container: Container) -> Iterator[str]:
    yield from container.hints
    known = None if container.build is None else contents(graph, container.build)
    if known is not None:
        yield from known.texts
