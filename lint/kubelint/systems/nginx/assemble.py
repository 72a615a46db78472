"""From configuration files to units, and which containers get them."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.containers import Container, ImageBuild, PlacedFile, contents
from kubelint.graph.model import Document, Unit
from kubelint.graph.query import Graph
from kubelint.paths import join
from kubelint.system import Assembly
from kubelint.systems.nginx.detect import TEMPLATE
from kubelint.systems.nginx.model import SYSTEM, NginxConfiguration
from kubelint.tree.nginx import read_nginx
from kubelint.tree.node import Node, Scalar

#: Where images of nginx look for configuration.
FOLDERS = ("/etc/nginx", "/usr/local/openresty/nginx/conf", "/opt/bitnami/nginx/conf", "/usr/local/nginx/conf")
MAX_FILES = 200


def assemble(assembly: Assembly) -> None:
    """Make a unit of each file, those of other names that a container gets as its configuration included."""
    graph = assembly.graph
    placed: dict[str, list[tuple[str, Container | None]]] = {}
    for container in graph.subjects(Container):
        for file in container_files(graph, container):
            for source, target in configuration_files(graph, file):
                placed.setdefault(source, []).append((target, container))
    for build in graph.subjects(ImageBuild):
        known = contents(graph, build)
        for file in known.files if known is not None else ():
            for source, target in configuration_files(graph, file):
                placed.setdefault(source, []).append((target, None))
    _announce(assembly, placed)
    for document in assembly.of(SYSTEM):
        assembly.take(document)
        unit = graph.add_unit(Unit("nginx configuration", document.source.path))
        node: Node = Scalar(document.source, document.start, document.start, "")
        configuration = NginxConfiguration(node, unit, document)
        if configuration.tree.directives:
            configuration.node = configuration.tree.directives[0].name
        unit.incomplete = bool(configuration.tree.problems)
        uses = placed.get(document.source.path, ())
        configuration.targets = list(dict.fromkeys(target for target, _ in uses))
        configuration.containers = list({id(owner): owner for _, owner in uses if owner is not None}.values())
        graph.add(configuration)


def _announce(assembly: Assembly, placed: dict[str, list[tuple[str, Container | None]]]) -> None:
    """Read the files of any name that a container gets as its configuration."""
    for path, uses in placed.items():
        if assembly.in_file(path) or not path.endswith((".conf", ".conf.template")):
            continue
        source = assembly.repository.source(path)
        if source is None or TEMPLATE.search(source.text) or not source.text.strip():
            continue
        tree = read_nginx(source)
        evidence = f"lies at `{uses[0][0]}` of a container"
        assembly.documents.append(
            Document(SYSTEM, "nginx configuration", source, None, evidence, 0, len(source.text), content=tree)
        )
        for problem in tree.problems:
            assembly.graph.add_subject(problem)


def container_files(graph: Graph, container: Container) -> Iterator[PlacedFile]:
    """Yield the files of a container: those of its image where it is built here, then what is mounted over them."""
    known = None if container.build is None else contents(graph, container.build)
    if known is not None:
        yield from known.files
    yield from container.mounts


def configuration_files(graph: Graph, file: PlacedFile) -> Iterator[tuple[str, str]]:
    """Yield path and target of each file that lies among the configuration of nginx because of one placement."""
    repository = graph.repository
    if file.source is None or not _is_configuration(file.target):
        return
    if repository.is_file(file.source):
        yield file.source, file.target
        return
    if file.target.rstrip("/") in ("", "/etc"):
        return
    pending = [(file.source, file.target.rstrip("/"))]
    count = 0
    while pending and count < MAX_FILES:
        folder, target = pending.pop()
        for name in sorted(repository.names(folder)):
            count += 1
            path = join(folder, name)
            if repository.is_file(path):
                yield path, f"{target}/{name}"
            elif repository.is_directory(path):
                pending.append((path, f"{target}/{name}"))


def _is_configuration(target: str) -> bool:
    return any(target == folder or target.startswith(f"{folder}/") for folder in FOLDERS)
