"""What the services of a project build, run, publish and mount, for those who know images and servers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.graph.containers import Container, ImageBuild, ImageUse, PlacedFile, PortUse
from kubelint.graph.query import Graph
from kubelint.systems.compose.file import local_path
from kubelint.systems.compose.interpolate import literal
from kubelint.systems.compose.model import ComposeProject, ComposeService
from kubelint.systems.compose.short import fields, key_values, part
from kubelint.tree.node import Mapping, Node, Scalar

_OWN_PORT = re.compile(r"\bhttps?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(\d{1,5})(?!\d)")
_NUMBER = re.compile(r"(\d{1,5})(?:/tcp)?\Z", re.IGNORECASE)


def add_facts(graph: Graph, project: ComposeProject) -> None:
    """Add the builds, images, ports and mounted files of all services of a project."""
    for service in project.services.values():
        build = image_build(service)
        if build is not None and graph.repository.is_file(build.dockerfile):
            graph.add_subject(build)
        elif service.image is not None and service.build is None and literal(service.image) is not None:
            graph.add_subject(ImageUse(service, service.image, f"service `{service.name}`"))
        mounts = tuple(mounted_files(service))
        if service.uses_host_network:
            continue
        if service.build is not None and build is None:
            continue
        container = Container(
            service,
            service.unit,
            f"service `{service.name}`",
            tuple(host_names(service)),
            service.image if build is None else None,
            build,
            mounts,
            tuple(_hints(service)),
            own_command=any(service.root.get(name) is not None for name in ("command", "entrypoint")),
            open=_reaches_others(service),
        )
        graph.add_subject(container)
        for node, number in container_ports(service):
            graph.add_subject(PortUse(node, number, f"`ports` of service `{service.name}`", container))
        for node, number in checked_ports(service):
            graph.add_subject(PortUse(node, number, f"the health check of service `{service.name}`", container))


def checked_ports(service: ComposeService) -> Iterator[tuple[Scalar, int]]:
    """Yield the ports of its own container that the health check of a service asks."""
    test = service.root.at("healthcheck", "test")
    for node in [test] if isinstance(test, Scalar) else test.items() if test is not None else []:
        if isinstance(node, Scalar) and literal(node) is not None:
            for found in _OWN_PORT.finditer(node.text):
                yield part(node, *found.span(1)), int(found[1])


def host_names(service: ComposeService) -> Iterator[str]:
    """Yield the names under which other services reach a service: its own, its container's and its aliases."""
    yield service.name
    for name in ("container_name", "hostname"):
        node = service.root.scalar(name)
        if node is not None:
            yield node.text
    for _, network in service.root.pairs_at("networks"):
        yield from (alias.text for alias in network.items_at("aliases") if isinstance(alias, Scalar))


def _reaches_others(service: ComposeService) -> bool:
    """Tell whether a container may know hosts that the project does not define."""
    root, project = service.root, service.project
    if project.unit.incomplete or any(root.get(name) for name in ("extra_hosts", "external_links", "links")):
        return True
    if root.get("network_mode") is not None:
        return True
    networks = project.model.sections["networks"]
    own = [key.text for key in service.networks] or ["default"]
    return any(name in networks and networks[name][1].at("external") is not None for name in own)


def image_build(service: ComposeService) -> ImageBuild | None:
    """Return how the image of a service is built; None where it is not, or not from the repository."""
    build, context, dockerfile = service.build, service.context_path, service.dockerfile_path
    if build is None or context is None or dockerfile is None:
        return None
    node: Node = build.context or build.node
    arguments = tuple(key_values(build.node.get("args")))
    place = f"service `{service.name}`"
    return ImageBuild(service, node, place, service.image, context, dockerfile, build.target, arguments)


def container_ports(service: ComposeService) -> Iterator[tuple[Scalar, int]]:
    """Yield the TCP ports of the container that are published, each with the scalar of its number."""
    for item in service.root.items_at("ports"):
        node: Scalar | None
        if isinstance(item, Mapping):
            if (item.text_at("protocol") or "tcp").lower() != "tcp":
                continue
            node = item.scalar("target")
        elif isinstance(item, Scalar) and not item.is_null:
            cuts = fields(item.text, addresses=True)
            start, end = cuts[-1]
            name, _, _ = item.text[start:end].partition("/")
            if _NUMBER.match(item.text[start:end]) is None:
                continue
            node = part(item, start, start + len(name))
        else:
            continue
        found = None if node is None else _NUMBER.match(node.text)
        if node is not None and found is not None:
            yield node, int(found[1])


def mounted_files(service: ComposeService) -> Iterator[PlacedFile]:
    """Yield what a container gets over its image: files of the repository, and what nobody can look into."""
    for mount in service.mounts:
        if mount.target is None:
            continue
        source = None
        if mount.kind == "bind" and mount.source is not None:
            node = mount.source
            source = local_path(literal(node), service.place(node).directory)
        yield PlacedFile(mount.source or mount.node, source, mount.target)
    for name in ("configs", "secrets"):
        for item in service.root.items_at(name):
            target = item.scalar("target") if isinstance(item, Mapping) else None
            key = item.scalar("source") if isinstance(item, Mapping) else item
            if not isinstance(key, Scalar):
                continue
            path = target.text if target is not None else key.text
            if not path.startswith("/"):
                path = f"/run/secrets/{path}" if name == "secrets" else f"/{path}"
            declared = service.project.model.sections[name].get(key.text)
            file = None if declared is None else declared[1].scalar("file")
            yield PlacedFile(key, None if file is None else service.project.local(file), path)


def _hints(service: ComposeService) -> Iterator[str]:
    """Yield the texts that may make a program listen elsewhere: its command and its variables."""
    for name in ("command", "entrypoint"):
        node = service.root.get(name)
        if node is not None:
            yield from (each.text for each in node.walk() if isinstance(each, Scalar))
    for _, value in service.environment:
        yield "$" if value is None else value.text
    for path in service.env_file_paths:
        dotenv = service.project.environments.read(path)
        if dotenv is None:
            yield "$"
        else:
            yield from (entry.value.text for entry in dotenv.entries if entry.value is not None)
