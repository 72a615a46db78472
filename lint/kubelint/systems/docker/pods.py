"""The containers of pods whose images are built here, for those who know what the images listen on."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.containers import Container, ImageBuild, ImageUse, PlacedFile, PortUse, is_known
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes import pod
from kubelint.systems.kubernetes.image import DEFAULT_REGISTRY, ImageReference, parse_image
from kubelint.tree.node import Mapping, Node, Scalar

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


def add_pods(graph: Graph) -> None:
    """Add the images of all containers of pods and, where one is built here, the ports that it is asked for."""
    builds: dict[str, list[tuple[ImageReference, ImageBuild]]] = {}
    for build in graph.subjects(ImageBuild):
        if build.image is not None and is_known(build.image.text):
            name = parse_image(build.image.text)
            builds.setdefault(name.repository.rpartition("/")[2], []).append((name, build))
    for template in graph.subjects(pod.PodTemplate):
        for container in template.containers:
            image = container.node.scalar("image")
            if image is None or not is_known(image.text):
                continue
            graph.add_subject(ImageUse(template.owner, image, str(container)))
            made = _build(builds, parse_image(image.text))
            if made is not None:
                _add(graph, container, image, made)


def _build(builds: dict[str, list[tuple[ImageReference, ImageBuild]]], wanted: ImageReference) -> ImageBuild | None:
    """Return the build of an image; None where none, or several different ones, make it."""
    found = [
        build
        for name, build in builds.get(wanted.repository.rpartition("/")[2], ())
        if name.repository == wanted.repository
        and (name.registry == wanted.registry or DEFAULT_REGISTRY in (name.registry, wanted.registry))
    ]
    first = found[0] if found else None
    if first is None or any(
        (each.dockerfile, each.target is None) != (first.dockerfile, first.target is None) for each in found
    ):
        return None
    return first


def _add(graph: Graph, container: pod.Container, image: Scalar, build: ImageBuild) -> None:
    node = container.node
    own = Container(
        container.owner,
        container.owner.unit,
        str(container),
        (),
        image,
        build,
        tuple(_mounts(node)),
        tuple(_hints(node)),
        own_command=node.get("command") is not None or node.get("args") is not None,
        open=True,
    )
    for port in container.ports:
        number = port.number
        if port.protocol == "TCP" and number is not None and number.text.isdecimal() and len(number.text) < 6:
            graph.add_subject(PortUse(number, int(number.text), f"{container}", own))
    for name in _PROBES:
        for kind in ("httpGet", "tcpSocket"):
            asked = node.scalar(name, kind, "port")
            if asked is not None and asked.text.isdecimal() and len(asked.text) < 6:
                graph.add_subject(PortUse(asked, int(asked.text), f"`{name}` of {container}", own))


def _mounts(node: Mapping) -> Iterator[PlacedFile]:
    for item in node.items_at("volumeMounts"):
        path = item.scalar("mountPath")
        if path is not None:
            yield PlacedFile(path, None, path.text)


def _hints(node: Node) -> Iterator[str]:
    for name in ("command", "args"):
        for item in node.items_at(name):
            if isinstance(item, Scalar):
                yield item.text
    for item in node.items_at("env"):
        yield item.text_at("value") or "$"
    if node.get("envFrom") is not None:
        yield "$"
