"""What systems tell each other about images and containers, whoever builds, runs or fills them (floor 3).

A compose project, a pipeline or a Dockerfile adds these facts as subjects of the graph while it is assembled; those who
know images and servers read them. So no system has to know another one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kubelint.graph.model import Resource, Unit
from kubelint.graph.query import Graph
from kubelint.tree.node import Node, Scalar


@dataclass(frozen=True, slots=True, eq=False)
class ImageBuild:
    """One build of an image from a Dockerfile.

    ``node`` is where it is ordered, ``place`` by whom in words, ``image`` the name that the result gets. ``context``
    and ``dockerfile`` are paths in the repository. ``arguments`` are the build arguments by name. ``sent`` are the
    paths that alone are in the context, where a copy to another machine fills it; None where it is the repository's
    folder. ``produced`` tells that commands run before the build, which may have made further files; ``assumed`` that
    nobody orders the build, and that the context is the likely one.
    """

    resource: Resource
    node: Node
    place: str
    image: Scalar | None
    context: str
    dockerfile: str
    target: Scalar | None = None
    arguments: tuple[tuple[Scalar, Scalar | None], ...] = ()
    sent: tuple[Scalar, ...] | None = None
    produced: bool = False
    assumed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ImageUse:
    """An image that somebody runs: ``node`` is its name, ``place`` who it is for in words."""

    resource: Resource
    node: Scalar
    place: str


@dataclass(frozen=True, slots=True, eq=False)
class PlacedFile:
    """A file or folder of the repository that a container gets at ``target``.

    ``node`` is where that is said, ``source`` the path in the repository; None where it is not known what lies there.
    """

    node: Node
    source: str | None
    target: str


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """One container that somebody runs: what ``build`` makes, else ``image``.

    ``place`` says in words whose it is. ``names`` are those under which others of the same ``unit`` reach it; ``open``
    tells that it may reach hosts that the unit does not define. ``mounts`` are the files that it gets on top of its
    image; ``hints`` all texts that may make the program in it listen elsewhere; ``own_command`` that it does not run
    the image's own program.
    """

    resource: Resource
    unit: Unit
    place: str
    names: tuple[str, ...]
    image: Scalar | None
    build: ImageBuild | None = None
    mounts: tuple[PlacedFile, ...] = ()
    hints: tuple[str, ...] = ()
    own_command: bool = False
    open: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PortUse:
    """A TCP port of a container that somebody sends traffic to.

    ``node`` is where the number stands and ``place`` who does so, in words: "`proxy_pass` of `web.conf`".
    """

    node: Node
    number: int
    place: str
    container: Container


@dataclass(frozen=True, slots=True, eq=False)
class ImageContents:
    """What is known of an image that is built here.

    ``base`` is the image that it begins with, ``files`` what is copied from the repository, a later one over an earlier
    one; ``exposed`` the ports of ``EXPOSE``; ``texts`` what may tell its program where to listen.
    """

    dockerfile: Resource
    base: Scalar | None
    files: tuple[PlacedFile, ...]
    exposed: tuple[tuple[int, Scalar], ...]
    texts: tuple[str, ...]


Describe = Callable[[ImageBuild], ImageContents | None]


def describer(graph: Graph) -> list[Describe]:
    """Return the list that holds who can tell the contents of images; whoever reads Dockerfiles puts itself there."""
    found: list[Describe] = graph.once("who describes images", list)
    return found


def contents(graph: Graph, build: ImageBuild) -> ImageContents | None:
    """Return what is known of an image that is built here; None where nobody can tell."""
    for describe in describer(graph):
        known = describe(build)
        if known is not None:
            return known
    return None


def is_known(text: str) -> bool:
    """Tell whether a text holds nothing that is replaced before it is used."""
    return not any(mark in text for mark in ("$", "{{", "`"))
