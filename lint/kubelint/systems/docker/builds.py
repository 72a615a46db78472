"""Who builds which Dockerfile, with which context, and what the images hold."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.graph.containers import ImageBuild, ImageContents, describer
from kubelint.graph.query import Graph
from kubelint.systems.docker.contents import describe
from kubelint.systems.docker.model import Dockerfile


def add_builds(graph: Graph, dockerfiles: list[Dockerfile]) -> None:
    """Give each Dockerfile its builds, and tell the graph who knows what images hold."""
    by_path = {dockerfile.name: dockerfile for dockerfile in dockerfiles}
    for build in list(graph.subjects(ImageBuild)):
        dockerfile = by_path.get(build.dockerfile)
        if dockerfile is not None:
            dockerfile.builds.append(build)
    for dockerfile in dockerfiles:
        if not dockerfile.builds:
            dockerfile.builds = list(_likely(dockerfile))
            for build in dockerfile.builds:
                graph.add_subject(build)
    known: dict[int, ImageContents | None] = {}

    def contents(build: ImageBuild) -> ImageContents | None:
        if id(build) not in known:
            dockerfile = by_path.get(build.dockerfile)
            known[id(build)] = None if dockerfile is None else describe(graph.repository, dockerfile, build)
        return known[id(build)]

    describer(graph).append(contents)


def _likely(dockerfile: Dockerfile) -> Iterator[ImageBuild]:
    """Yield the builds that people order by hand: from the Dockerfile's folder or one above it."""
    folder = dockerfile.source.directory
    while True:
        yield ImageBuild(dockerfile, dockerfile.node, "", None, folder, dockerfile.name, assumed=True)
        if not folder:
            return
        folder = folder.rpartition("/")[0]
